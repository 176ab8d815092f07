namespace DToC.Twin.Events;

/// <summary>
/// Finds out by the definition's rules which persona an event, or a request, belongs to. Keeps scratch memory, so an
/// instance serves one caller at a time; allocates nothing.
/// </summary>
public sealed class PersonaFinder(EventSchema schema)
{
    private readonly PersonaSchema _personas = schema.Personas;
    private readonly double[] _numbers = new double[schema.Personas.Numbers];
    private readonly ulong[] _texts = new ulong[schema.Personas.Texts];

    /// <summary>Persona of an event by the rules alone.</summary>
    /// <param name="type">Slot of its type.</param>
    /// <param name="source">Its source.</param>
    /// <param name="at">When it occurred.</param>
    /// <param name="context">Values by context key, in UTF-8; empty where not given.</param>
    /// <param name="numbers">Its numeric signals in units of 10^-decimals.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <returns>The slot, or <see cref="PersonaSchema.Nobody"/>.</returns>
    public int Of(
        int type, string source, Instant at, ReadOnlySpan<ReadOnlyMemory<byte>> context, ReadOnlySpan<long> numbers,
        ReadOnlySpan<Token> tokens)
    {
        if (!_personas.HasRules) return PersonaSchema.Nobody;
        Begin(at);
        _texts[PersonaSchema.TypeText] = StableHash.Of(schema.Types[type].Name);
        _texts[PersonaSchema.SourceText] = StableHash.Of(source);
        for (var key = 0; key < context.Length; key++)
        {
            if (!context[key].IsEmpty)
                _texts[PersonaSchema.FirstContextText + key] = StableHash.Of(context[key].Span);
        }
        var slots = _personas.SignalSlots[type];
        for (var signal = 0; signal < slots.Length; signal++)
        {
            var slot = slots[signal];
            if (slot is < 0 or int.MaxValue || numbers[signal] == TouchpointEvent.Missing) continue;
            _numbers[slot] = numbers[signal] / schema.Types[type].Scales[signal];
        }
        // The first token of a signal stands for it.
        for (var i = tokens.Length - 1; i >= 0; i--)
        {
            if (slots[tokens[i].Signal] < 0) _texts[~slots[tokens[i].Signal]] = tokens[i].Hash;
        }
        return First();
    }

    /// <summary>Persona that a request's context chooses; a rule over an event's own values does not hold.</summary>
    /// <param name="now">When it was made.</param>
    /// <param name="context">Values by context key; null where not given.</param>
    public int Of(Instant now, ReadOnlySpan<string?> context)
    {
        if (!_personas.HasRules) return PersonaSchema.Nobody;
        Begin(now);
        for (var key = 0; key < context.Length; key++)
        {
            if (context[key] is { } value) _texts[PersonaSchema.FirstContextText + key] = StableHash.Of(value);
        }
        return First();
    }

    private void Begin(Instant at)
    {
        _numbers.AsSpan().Fill(double.NaN);
        _texts.AsSpan().Clear();
        var hourOfWeek = _personas.LocalTime.HourOfWeek(at);
        _numbers[PersonaSchema.HourNumber] = hourOfWeek % 24;
        _numbers[PersonaSchema.WeekdayNumber] = hourOfWeek / 24 + 1;
    }

    private int First()
    {
        for (var i = 0; i < _personas.Count; i++)
        {
            if (_personas.Rules[i] is { } rule && rule.IsTrue(_numbers, _texts)) return i;
        }
        return PersonaSchema.Nobody;
    }
}
