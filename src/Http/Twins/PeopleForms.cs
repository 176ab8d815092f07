using DToC.Twin;

namespace DToC.Http.Twins;

/// <summary>Those who belong to a household, account or what else customers are related to.</summary>
/// <param name="Of">Its id.</param>
/// <param name="People">How many name it.</param>
/// <param name="Members">Their ids by relation.</param>
/// <param name="Numbers">By feature.</param>
/// <param name="Scores">By score.</param>
/// <param name="Stages">How many are in which journey stage, of those of whom that may be said.</param>
internal sealed record PeopleForm(
    string Of, Instant AsOf, int People, IReadOnlyDictionary<string, List<string>> Members,
    IReadOnlyDictionary<string, PeopleNumberForm> Numbers, IReadOnlyDictionary<string, PeopleNumberForm> Scores,
    IReadOnlyDictionary<string, int> Stages);

/// <summary>A number over people. Who has none, or may not be asked, is not counted.</summary>
internal sealed record PeopleNumberForm(int Count, double Sum, double Mean, double Least, double Greatest)
{
    /// <summary>Of one value.</summary>
    public static PeopleNumberForm Of(double value) => new(1, value, value, value, value);

    /// <summary>With another value.</summary>
    public PeopleNumberForm And(double value) => new(
        Count + 1, Sum + value, (Sum + value) / (Count + 1), Math.Min(Least, value), Math.Max(Greatest, value));
}
