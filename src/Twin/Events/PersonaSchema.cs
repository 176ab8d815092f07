using DToC.Twin.Plan;
using DToC.Twin.Rules;

namespace DToC.Twin.Events;

/// <summary>The personas of a definition, compiled. Immutable.</summary>
public sealed class PersonaSchema
{
    /// <summary>Slot of the customer as such: what belongs to no persona.</summary>
    public const int Nobody = -1;

    /// <summary>Number slot of the local hour of an event's day, for rules.</summary>
    internal const int HourNumber = 0;

    /// <summary>Number slot of an event's local weekday, 1 for Monday.</summary>
    internal const int WeekdayNumber = 1;

    /// <summary>Number slots that every definition has.</summary>
    internal const int FixedNumbers = 2;

    /// <summary>Text slot of an event's type.</summary>
    internal const int TypeText = 0;

    /// <summary>Text slot of an event's source.</summary>
    internal const int SourceText = 1;

    /// <summary>Text slot of the first context key.</summary>
    internal const int FirstContextText = 2;

    /// <summary>Text slots that every definition has.</summary>
    internal const int FixedTexts = FirstContextText + ContextKeys.Count;

    /// <summary>Names by slot, in the order of the definition.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>By slot: whether the customer says who it is, and stands behind it.</summary>
    public required bool[] IsPseudonymous { get; init; }

    /// <summary>By slot: the rule that chooses it, or null.</summary>
    public required Expression?[] Rules { get; init; }

    /// <summary>
    /// By event type and signal: the slot its value has for the rules; the complement of it for a text, and
    /// <see cref="int.MaxValue"/> where no rule reads it.
    /// </summary>
    public required int[][] SignalSlots { get; init; }

    /// <summary>Length of the vector of numbers that rules read.</summary>
    public required int Numbers { get; init; }

    /// <summary>Length of the vector of texts that rules read.</summary>
    public required int Texts { get; init; }

    /// <summary>The time zone of hours and weekdays.</summary>
    public required LocalTime LocalTime { get; init; }

    /// <summary>Attribute slot of the customer's choice, or -1 where none can be made.</summary>
    public required int ChoiceAttribute { get; init; }

    /// <summary>Attribute slot of a pseudonym, or -1.</summary>
    public required int PseudonymAttribute { get; init; }

    /// <summary>What says to which persona events belong: where another says so, they are folded anew.</summary>
    public required string Signature { get; init; }

    /// <summary>Number of personas.</summary>
    public int Count => Names.Count;

    /// <summary>Whether any has a rule.</summary>
    public required bool HasRules { get; init; }

    /// <summary>Slot of a persona, or <see cref="Nobody"/>.</summary>
    public int Find(string? name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name) return i;
        }
        return Nobody;
    }

    /// <summary>What is wrong with a persona that the definition does not have; without its full stop.</summary>
    public string NoSuch(string name) =>
        $"There is no persona '{name}'; the definition has {(Count == 0 ? "none" : string.Join(", ", Names))}";
}
