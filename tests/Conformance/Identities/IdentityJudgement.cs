using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>Who has become whom at the end of a schedule, and who may not have.</summary>
internal sealed class IdentityJudgement(CustomersEnd customers, ScheduleEnd end)
{
    private const int MostHops = 4;

    public IEnumerable<string> Problems()
    {
        foreach (var (key, owners) in IdentityScript.Owners)
        {
            if (end.IsErased(key)) continue;
            if (customers.Root(key) is not { } root) continue; // rings are said elsewhere
            if (Hops(key) > MostHops) yield return $"{key} leads to {root} by {Hops(key)} moves.";
            if (!IdentityGrain.IsMinted(key.Id) && root != key) yield return $"{key} is known and moved to {root}.";
            if (!IdentityScript.Owners[root].Intersect(owners).Any())
                yield return $"{key} belongs to {string.Join(", ", owners)} and leads to {root}.";
        }
        foreach (var problem in Logins()) yield return problem;
    }

    public IReadOnlyList<(string What, long Times)> Reached() =>
    [
        ("anonymous customers who became known", customers.Customers.Count(key => Hops(key) > 0)),
        ("devices of one person", People().Count(IsLogin)),
        ("tablets that two people have", People().Count(IsShared)),
        ("tablets whose past is with one of two", People().Count(p => IsShared(p) && Hops(TabletOf(p)) > 0)),
        ("events without legal basis", end.Replies.SelectMany(r => r).OfType<CustomerReply.Observed>()
            .Sum(reply => reply.Results.Count(r => r.Status == EventStatus.NoLegalBasis))),
    ];

    /// <summary>
    /// A device that one person alone has: what it did before login is that person's, whatever came first.
    /// </summary>
    private IEnumerable<string> Logins()
    {
        foreach (var person in People())
        {
            var (device, key) = (IdentityScript.Minted(IdentityScript.Own(person)), KeyOf(person));
            if (IsLogin(person) && customers.Root(device) != key)
                yield return $"{key} has shown the device of {device}, which leads to {customers.Root(device)}.";
        }
    }

    private bool IsLogin(int person)
    {
        var own = IdentityScript.Own(person);
        return HasShown(KeyOf(person), own) && HasShown(IdentityScript.Minted(own), own);
    }

    private bool IsShared(int person) =>
        person % 2 == 0 && HasShown(KeyOf(person), IdentityScript.Tablet(person))
        && HasShown(KeyOf(person + 1), IdentityScript.Tablet(person));

    private bool HasShown(GrainKey key, Identifier identifier) =>
        !end.IsErased(key) && customers.Events(key).Any(e => e.Event.Identifiers.Contains(identifier));

    private int Hops(GrainKey key)
    {
        var hops = 0;
        if (end.IsErased(key)) return hops;
        for (; hops <= MostHops && customers.States[key].MovedTo is { } next; hops++) key = GrainKey.Customer(next);
        return hops;
    }

    private static IEnumerable<int> People() => Enumerable.Range(0, IdentityScript.Persons);

    private static GrainKey KeyOf(int person) => GrainKey.Customer(IdentityScript.Person(person));

    private static GrainKey TabletOf(int person) => IdentityScript.Minted(IdentityScript.Tablet(person));
}
