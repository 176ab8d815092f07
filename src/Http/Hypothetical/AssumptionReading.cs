using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Attributes;
using DToC.Http.Consents;
using DToC.Http.Decisions;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Http.Hypothetical;

/// <summary>Reads what is to be assumed.</summary>
internal sealed class AssumptionReading(ITwinHost host, EventReaders readers, HttpOptions options)
{
    /// <summary>Longest name in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>How far ahead a hypothetical twin may stand, in days.</summary>
    public const int MaxDaysAhead = 366;

    private const int DefaultMinutes = 60;
    private const int MaxMinutes = 24 * 60;

    /// <summary>Reads a body; null with the answer when it cannot be assumed.</summary>
    /// <param name="form">The body.</param>
    /// <param name="of">The customer it is assumed of; null for somebody made up.</param>
    /// <param name="now">The moment of reading.</param>
    /// <param name="keyId">Id of the key that asks.</param>
    /// <param name="problem">What is wrong; null when nothing is.</param>
    public KeptHypothesis? Read(
        AssumptionForm form, FoundTwin? of, Instant now, string keyId, out ProblemResult? problem)
    {
        var plan = host.Plans.Current;
        var (moment, consents, events) = (form.At ?? now, new List<ConsentChange>(), new List<TouchpointEvent>());
        problem = Fault(form, of is null, now) is { } fault ? Malformed(fault) : null;
        if (problem is not null) return null;
        if (AskedContext.Read(form.Context, options.Events, out var context) is { } wrongContext)
            problem = Malformed(wrongContext);
        else if (ConsentSaid.Read(form.Consents ?? [], moment, consents) is { } wrongConsent)
            problem = Malformed($"{wrongConsent}; consents is an object such as {ConsentSaid.Example}.");
        else if (form.Persona is { } persona && plan.Events.Personas.Find(persona) < 0)
            problem = Malformed($"{plan.Events.Personas.NoSuch(persona)}.");
        else problem = ReadEvents(form.Events ?? [], of, plan, moment, 0, events);
        if (problem is not null) return null;
        var assumed = new Hypothesis
        {
            Id = HypothesisShelf.NewId(plan),
            MadeAt = now,
            At = form.At,
            Without = [.. (form.Without ?? []).OfType<string>().Distinct(StringComparer.Ordinal)],
            Consents = consents,
            Attributes = [.. (form.Attributes ?? []).Select(said => SaidAttribute.Of(said.Key, said.Value))],
            Persona = form.Persona,
            Context = context,
            Events = events.Count == 0 ? [] : [new AssumedEvents(moment, events)],
        };
        return new KeptHypothesis(
            assumed, form.Name, keyId, of?.Customer, of is null ? null : LawfulUses.Of(of.State, now),
            now.PlusMs((form.ExpiresInMinutes ?? DefaultMinutes) * Instant.HourMs / 60));
    }

    /// <summary>Reads events that happen besides; what is wrong with one, or null.</summary>
    /// <param name="events">As they came.</param>
    /// <param name="of">The customer they are assumed of; null for somebody made up.</param>
    /// <param name="plan">Whose events they are.</param>
    /// <param name="moment">When they are received: one without a time happened then.</param>
    /// <param name="before">Events that were assumed before.</param>
    /// <param name="read">Filled.</param>
    public ProblemResult? ReadEvents(
        IReadOnlyList<JsonElement> events, FoundTwin? of, TwinPlan plan, Instant moment, int before,
        List<TouchpointEvent> read)
    {
        if (before + events.Count > options.MaxHypotheticalEvents)
        {
            return new ProblemResult(
                ProblemKind.OverLimit,
                $"A hypothetical twin has at most {options.MaxHypotheticalEvents} events besides; these would make "
                + $"{before + events.Count}.");
        }
        var reader = readers.Take(plan);
        try
        {
            for (var i = 0; i < events.Count; i++)
            {
                if (events[i].ValueKind != JsonValueKind.Object) return Malformed($"events[{i}] is not an object.");
                if (AssumedEvent.CustomerOf(events[i]) is { } named && !IsOf(of, named))
                {
                    return Malformed(of is null
                        ? $"events[{i}] names a customer; leave it out, as this is nobody's."
                        : $"events[{i}] is of '{named}'; leave the customer out, or name '{of.Customer}'.");
                }
                switch (reader.Read(AssumedEvent.ForReader(events[i], before + i + 1), moment))
                {
                    case EventReading.Read { Event: var e }:
                        read.Add(e);
                        break;
                    case EventReading.Rejected rejected:
                        return NotTaken(i, rejected);
                }
            }
            return null;
        }
        finally
        {
            readers.Return(plan, reader);
        }
    }

    private static bool IsOf(FoundTwin? of, string named) =>
        of is not null && (of.Customer == named || of.State.Merged.Contains(named));

    private static ProblemResult NotTaken(int place, EventReading.Rejected rejected) =>
        new(ProblemKind.EventRefused, $"events[{place}]: {rejected.Message}.")
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["reason"] = WireJson.Word(rejected.Problem),
                ["field"] = rejected.Field,
            },
        };

    private string? Fault(AssumptionForm form, bool isMadeUp, Instant now)
    {
        if (form.Name is { } name && (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxNameBytes))
            return $"name must have 1 to {MaxNameBytes} bytes.";
        if (form.ExpiresInMinutes is < 1 or > MaxMinutes)
            return $"expiresInMinutes is {form.ExpiresInMinutes}; it must be 1 to {MaxMinutes}.";
        var latest = now.PlusMs(MaxDaysAhead * Instant.DayMs);
        if (form.At is { } at && (at < options.Events.Earliest || at > latest))
            return $"at is {at}; it must lie between {options.Events.Earliest} and {latest}.";
        if (form.Attributes?.Count > SaidAttribute.Most) return $"attributes has more than {SaidAttribute.Most}.";
        foreach (var (attribute, value) in form.Attributes ?? [])
        {
            if (SaidAttribute.Fault(attribute, value) is { } fault) return $"attributes.{attribute} {fault}.";
        }
        if (form.Without is not { Count: > 0 } without) return null;
        if (isMadeUp) return "without leaves out what happened to a customer; somebody made up has no past.";
        if (without.Count > Hypothesis.MaxWithout) return $"without names more than {Hypothesis.MaxWithout}.";
        return without.All(static name => name is { Length: > 0 })
            ? null
            : "without is a list of ids or types of events, such as [\"Order Completed\"].";
    }

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);
}
