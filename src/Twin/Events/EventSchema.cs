using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Models.Text;

namespace DToC.Twin.Events;

/// <summary>All the reader needs of a definition, compiled: types, sources, paths, bounds, currencies.</summary>
public sealed class EventSchema
{
    /// <summary>Event types by slot.</summary>
    public required IReadOnlyList<EventShape> Types { get; init; }

    /// <summary>Slot of a type by its name in UTF-8.</summary>
    public required Utf8Index TypeIndex { get; init; }

    /// <summary>Names of sources that are switched off.</summary>
    public required IReadOnlySet<string> SourcesOff { get; init; }

    /// <summary>Names of sources the definition lists.</summary>
    public required IReadOnlySet<string> SourcesKnown { get; init; }

    /// <summary>The same, to be found by their UTF-8.</summary>
    public required Utf8Names SourceNames { get; init; }

    /// <summary>Whether other sources are folded.</summary>
    public required bool AcceptUnknownSources { get; init; }

    /// <summary>ISO code of the definition's currency, or null.</summary>
    public required string? Currency { get; init; }

    /// <summary>Value of one unit of other currencies.</summary>
    public required IReadOnlyDictionary<string, double> Rates { get; init; }

    /// <summary>Identifiers by slot, the highest priority first.</summary>
    public required IReadOnlyList<IdentifierShape> Identifiers { get; init; }

    /// <summary>Slot of an identifier by its name in UTF-8.</summary>
    public required Utf8Index IdentifierIndex { get; init; }

    /// <summary>Whether values of any identifier are kept as keyed hashes.</summary>
    public required bool HashesIdentifiers { get; init; }

    /// <summary>Values of identifiers that lead to no single customer.</summary>
    public required NobodyValues Nobody { get; init; }

    /// <summary>Attributes by slot.</summary>
    public required IReadOnlyList<AttributeDefinition> Attributes { get; init; }

    /// <summary>Personas by slot.</summary>
    public required PersonaSchema Personas { get; init; }

    /// <summary>
    /// Persona and slot of an attribute by its name, <c>PERSONA:NAME</c> for what a persona has of it; slot -1 where it
    /// is not known.
    /// </summary>
    public (int Persona, int Slot) PlaceOfAttribute(string name)
    {
        var parts = name.Split(PersonaDefinition.Separator, 2);
        var persona = parts.Length == 1 ? PersonaSchema.Nobody : Personas.Find(parts[0]);
        if (parts.Length == 2 && persona < 0) return (persona, -1);
        for (var i = 0; i < Attributes.Count; i++)
        {
            if (Attributes[i].Name == parts[^1]) return (persona, i);
        }
        return (persona, -1);
    }

    /// <summary>Slot of an identifier, or -1.</summary>
    public int IdentifierSlot(string name)
    {
        for (var i = 0; i < Identifiers.Count; i++)
        {
            if (Identifiers[i].Name == name) return i;
        }
        return -1;
    }
}

/// <summary>One event type, compiled for reading.</summary>
public sealed class EventShape
{
    /// <summary>The type's name.</summary>
    public required string Name { get; init; }

    /// <summary>Signals by slot.</summary>
    public required IReadOnlyList<SignalDefinition> Signals { get; init; }

    /// <summary>10^decimals of each signal.</summary>
    public required double[] Scales { get; init; }

    /// <summary>Properties to look for.</summary>
    public required PropertyNode Properties { get; init; }

    /// <summary>True when a signal is in a currency that the event names.</summary>
    public required bool ReadsCurrency { get; init; }

    /// <summary>By signal: what scores its text; null for one that is not the mood of a text.</summary>
    public required IReadOnlyList<ISentimentScorer?> Scorers { get; init; }

    /// <summary>True when a signal is the mood of a text.</summary>
    public required bool ReadsTexts { get; init; }

    /// <summary>Slot of the data category.</summary>
    public required int Category { get; init; }

    /// <summary>
    /// What a signal means for states: where it is read, its digits, and the words its text is scored by. Those that
    /// were folded under another meaning are folded anew.
    /// </summary>
    public string MeaningOf(int signal)
    {
        var words = Scorers[signal] is VaderScorer vader ? $"~{vader.Lexicon.Version}" : "";
        return $"{Name}.{Signals[signal].Path}:{Signals[signal].Decimals}{words}";
    }
}

/// <summary>A node of the tree of property paths an event type reads.</summary>
public sealed class PropertyNode
{
    private static readonly PropertyNode[] NoChildren = [];

    /// <summary>Name in UTF-8; empty for the root.</summary>
    public byte[] Name { get; init; } = [];

    /// <summary>Children by name.</summary>
    public PropertyNode[] Children { get; private set; } = NoChildren;

    /// <summary>Signals read at this node.</summary>
    public int[] Signals { get; private set; } = [];

    /// <summary>Signals whose currency stands at this node.</summary>
    public int[] CurrencyOf { get; private set; } = [];

    /// <summary>Attribute slot read at this node, or -1.</summary>
    public int Attribute { get; private set; } = -1;

    /// <summary>What scores a text at this node, of which the score is stored; null where none is.</summary>
    public ISentimentScorer? Scorer { get; private set; }

    /// <summary>Whether such a text is stored too.</summary>
    public bool KeepsText { get; private set; }

    /// <summary>True when the values stand in an array below this name.</summary>
    public bool IsArray { get; private set; }

    /// <summary>The tree of all paths of an event type.</summary>
    public static PropertyNode Tree(
        EventDefinition type, IReadOnlyList<ISentimentScorer?> scorers, Func<string, int> attributeSlot)
    {
        var root = new PropertyNode();
        for (var i = 0; i < type.Signals.Count; i++)
        {
            var signal = type.Signals[i];
            var leaf = root.At(signal.Path);
            leaf.Signals = [.. leaf.Signals, i];
            if (scorers[i] is { } scorer) (leaf.Scorer, leaf.KeepsText) = (scorer, signal.KeepText);
            if (signal.CurrencyPath is null) continue;
            var currency = root.At(signal.CurrencyPath);
            currency.CurrencyOf = [.. currency.CurrencyOf, i];
        }
        foreach (var observed in type.Attributes)
            root.At(observed.Path).Attribute = attributeSlot(observed.Attribute.Name);
        return root;
    }

    private PropertyNode At(string path)
    {
        var node = this;
        foreach (var step in path.Split('.'))
        {
            var isArray = step.EndsWith("[]", StringComparison.Ordinal);
            node = node.Child(isArray ? step[..^2] : step);
            node.IsArray |= isArray;
        }
        return node;
    }

    private PropertyNode Child(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        foreach (var child in Children)
        {
            if (child.Name.AsSpan().SequenceEqual(utf8)) return child;
        }
        var added = new PropertyNode { Name = utf8 };
        Children = [.. Children, added];
        return added;
    }
}
