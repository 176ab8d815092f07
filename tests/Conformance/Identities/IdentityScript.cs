using System.Globalization;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>
/// Who owns which identifiers. Each person has a device of their own, a ladder of device, phone, e-mail and card that
/// they climb step by step, and a tablet together with another one.
/// </summary>
internal static class IdentityScript
{
    public const int Persons = 12;

    /// <summary>Steps of a ladder, the lowest first.</summary>
    public static readonly IReadOnlyList<string> Steps = ["device", "phone", "email", "card"];

    public static string Person(int person) => string.Create(CultureInfo.InvariantCulture, $"p{person:d2}");

    public static Identifier Own(int person) => new("device", $"own-{Person(person)}");

    public static Identifier Tablet(int person) =>
        new("device", string.Create(CultureInfo.InvariantCulture, $"tablet-{person / 2}"));

    public static Identifier Step(int person, int step) => new(Steps[step], $"{Steps[step]}-{Person(person)}");

    /// <summary>Every id that can occur, with those whose it may be.</summary>
    public static IReadOnlyDictionary<GrainKey, IReadOnlyList<int>> Owners { get; } = OwnersOfAll();

    private static SortedDictionary<GrainKey, IReadOnlyList<int>> OwnersOfAll()
    {
        var owners = new SortedDictionary<GrainKey, IReadOnlyList<int>>();
        for (var person = 0; person < Persons; person++)
        {
            owners[GrainKey.Customer(Person(person))] = [person];
            owners[Minted(Own(person))] = [person];
            for (var step = 0; step < Steps.Count; step++) owners[Minted(Step(person, step))] = [person];
            owners[Minted(Tablet(person))] = [person / 2 * 2, person / 2 * 2 + 1];
        }
        return owners;
    }

    public static GrainKey Minted(Identifier identifier) => GrainKey.Customer(IdentityGrain.MintId(identifier));
}
