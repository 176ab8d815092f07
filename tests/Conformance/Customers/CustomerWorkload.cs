using System.Globalization;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// 20 customers of a small shop over the real grains, two clients each. Some are merged in the middle of their
/// scripts: into one that stays, along a chain, or into each other at the same time.
/// </summary>
public sealed class CustomerWorkload : ShopWorkload
{
    internal const int Customers = 20;
    private const int Steps = 6;
    private static readonly Instant Start = SimulatedHost.Start;

    private readonly Func<IGrain> _grain;

    /// <summary>The workload over the real grain.</summary>
    public CustomerWorkload()
        : this(() => new CustomerGrain())
    {
    }

    internal CustomerWorkload(Func<IGrain> grain) => _grain = grain;

    /// <inheritdoc/>
    public override GrainCatalog Grains => Catalog(_grain, () => new IdentityGrain());

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var draws = new SeededDraws(seed ^ 0xC0573E);
        var messages = new CustomerDraws(draws, Start);
        var merges = Merges(draws);
        var clients = new List<List<ScriptStep>>();
        for (var customer = 0; customer < Customers; customer++)
        {
            clients.Add(Client(customer, messages, merges.GetValueOrDefault(customer, -1), draws));
            clients.Add(Client(customer, messages, -1, draws));
        }
        Erase(clients, merges, draws);
        List<IReadOnlyList<ScriptStep>> order = [.. clients.OrderBy(_ => draws.Next())];
        return new Script(
            order, [.. Enumerable.Range(0, Customers).Select(Key), .. Tables(order)],
            draws.Percent(40) ? CustomerPlans.Second : null, Start.PlusMs(WakeUpsForMs));
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        var merges = script.Clients.SelectMany(c => c).Where(step => step.Message is CustomerMessage.MergeInto)
            .Select(step => (step.To, GrainKey.Customer(((CustomerMessage.MergeInto)step.Message).Customer))).ToList();
        return Judge(new ErasureJudgement(script, end, (one, other) => IsLinked(one, other, merges)), () =>
        {
            var customers = new CustomersEnd(script, end);
            return (new CustomerJudgement(script, end, customers).Problems(),
                new CustomerTally(script, end, customers).Reached);
        });
    }

    /// <summary>Whether merges that were asked for lead from one to the other, in whatever direction.</summary>
    private static bool IsLinked(GrainKey one, GrainKey other, List<(GrainKey From, GrainKey Into)> merges)
    {
        var reached = new HashSet<GrainKey> { one };
        while (merges.Exists(m => reached.Contains(m.From) != reached.Contains(m.Into)))
        {
            foreach (var (from, into) in merges)
            {
                if (reached.Contains(from) || reached.Contains(into)) reached.UnionWith([from, into]);
            }
        }
        return reached.Contains(other);
    }

    /// <summary>
    /// Erases one of those who are merged, and one or two others, at some moment of one of their clients.
    /// </summary>
    private static void Erase(List<List<ScriptStep>> clients, Dictionary<int, int> merges, SeededDraws draws)
    {
        int[] merged = [.. merges.Keys.Concat(merges.Values).Distinct().Order()];
        var erased = new HashSet<int> { merged[draws.Below(merged.Length)] };
        for (var more = draws.Between(1, 2); more > 0; more--) erased.Add(draws.Below(Customers));
        foreach (var customer in erased)
        {
            var client = clients[2 * customer + draws.Below(2)];
            client.Insert(draws.Between(1, client.Count), Erasure(Key(customer), draws));
        }
    }

    internal static GrainKey Key(int number) => GrainKey.Customer(Name(number));

    internal static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number:d2}");

    /// <summary>Who is merged into whom.</summary>
    private static Dictionary<int, int> Merges(SeededDraws draws)
    {
        var into = new Dictionary<int, int> { [0] = 10 };
        switch (draws.Below(4))
        {
            case 0: (into[1], into[11]) = (11, 12); break; // a chain
            case 1: (into[1], into[11]) = (11, 1); break; // into each other
            case 2: (into[1], into[11], into[12]) = (11, 12, 1); break; // a ring
            default: (into[1], into[2]) = (11, 11); break; // two into one
        }
        return into;
    }

    private static List<ScriptStep> Client(int customer, CustomerDraws messages, int mergeInto, SeededDraws draws)
    {
        var steps = new List<ScriptStep>();
        var mergeAt = draws.Between(1, Steps - 2);
        for (var number = 0; number < Steps; number++)
        {
            if (mergeInto >= 0 && number == mergeAt)
            {
                steps.Add(new ScriptStep(Key(customer), new CustomerMessage.MergeInto(Name(mergeInto))));
            }
            steps.AddRange(messages.Next(customer, number));
        }
        return steps;
    }

}
