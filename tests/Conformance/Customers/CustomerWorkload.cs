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
    public override GrainCatalog Grains => GrainCatalog.Empty.With(_grain).With(() => new IdentityGrain());

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var draws = new SeededDraws(seed ^ 0xC0573E);
        var messages = new CustomerDraws(draws, Start);
        var merges = Merges(draws);
        var clients = new List<IReadOnlyList<ScriptStep>>();
        for (var customer = 0; customer < Customers; customer++)
        {
            clients.Add(Client(customer, messages, merges.GetValueOrDefault(customer, -1), draws));
            clients.Add(Client(customer, messages, -1, draws));
        }
        var order = clients.OrderBy(_ => draws.Next()).ToList();
        return new Script(
            order, [.. Enumerable.Range(0, Customers).Select(Key), .. Buckets(order)],
            draws.Percent(40) ? CustomerPlans.Second : null, Start.PlusMs(WakeUpsForMs));
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        var customers = new CustomersEnd(script, end);
        List<string> problems = [.. new CustomerJudgement(script, end, customers).Problems()];
        return new Verdict(problems, problems.Count > 0 ? [] : new CustomerTally(script, end, customers).Reached());
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
