using System.Globalization;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// Families of two or three customers over the real grains, merged and split again while they go on being told things:
/// a pair once or twice, along a chain, two into one, one that comes after whom it was merged into had moved, and into
/// each other at the same time. In the end each is alone, and as if it had never been merged.
/// </summary>
public sealed class SplitWorkload : ShopWorkload
{
    internal const int Families = 10;
    private static readonly Instant Start = SimulatedHost.Start;

    private readonly Func<IGrain> _grain;

    /// <summary>The workload over the real grain.</summary>
    public SplitWorkload()
        : this(() => new CustomerGrain())
    {
    }

    internal SplitWorkload(Func<IGrain> grain) => _grain = grain;

    /// <inheritdoc/>
    public override int SeedsOfScript => 4;

    /// <inheritdoc/>
    public override GrainCatalog Grains => Catalog(_grain, () => new IdentityGrain());

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var draws = new SeededDraws(seed ^ 0x5B117);
        // What a checkpoint stands for has no slots of a definition that came later.
        var isReplaced = draws.Percent(30);
        var clients = new List<IReadOnlyList<ScriptStep>>();
        for (var family = 0; family < Families; family++)
        {
            var forbids = draws.Percent(20);
            var traits = new FamilyTraits(!forbids && !isReplaced, forbids);
            var messages = new SplitDraws(draws, Start, family, traits);
            clients.AddRange(Clients(family, messages, draws));
        }
        var order = clients.OrderBy(_ => draws.Next()).ToList();
        return new Script(
            order, [.. order.SelectMany(c => c).Select(step => step.To).Distinct().Order(), .. Tables(order)],
            isReplaced ? CustomerPlans.Second : null, Start.PlusMs(WakeUpsForMs));
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        var erasures = new ErasureJudgement(
            script, end, (one, other) => FamilyOf(one) == FamilyOf(other) || IdentityGrain.IsMinted(other.Id));
        return Judge(erasures, () =>
        {
            var judgement = new SplitJudgement(script, end);
            return (judgement.Problems(), judgement.Reached);
        });
    }

    /// <summary>Family and member of a key.</summary>
    internal static string FamilyOf(GrainKey key) => key.Id[..^1];

    private static GrainKey Key(int family, char member) =>
        GrainKey.Customer(string.Create(CultureInfo.InvariantCulture, $"f{family:d2}{member}"));

    /// <summary>One client tells what becomes of the family, another talks all the while.</summary>
    private static IEnumerable<IReadOnlyList<ScriptStep>> Clients(int family, SplitDraws messages, SeededDraws draws)
    {
        var (a, b, c) = (Key(family, 'a'), Key(family, 'b'), Key(family, 'c'));
        var kind = draws.Below(7);
        GrainKey[] members = kind is 0 or 1 or 5 ? [a, b] : [a, b, c];
        List<ScriptStep> first = [];
        List<ScriptStep> second = [];
        Talk(first);
        switch (kind)
        {
            case 0:
                Add(Merge(a, b), null, Split(b, a), null);
                break;
            case 1:
                Add(Merge(a, b), null, Split(b, a), null, Merge(a, b), null, Split(b, a), null);
                break;
            case 2: // a chain
                Add(Merge(a, b), null, Merge(b, c), null, Split(c, b), null, Split(b, a), null);
                break;
            case 3: // two into one
                Add(Merge(a, c), Merge(b, c), null, Split(c, a), null, Split(c, b), null);
                break;
            case 4: // comes after the other has moved
                Add(Merge(b, c), Merge(a, b), null, Split(c, b), null, Split(b, a), null);
                break;
            case 5: // into each other
                second.Add(Merge(b, a));
                Add(Merge(a, b), null, Split(b, a), Split(a, b), null);
                break;
            default: // two merges at once that may or may not meet
                second.Add(Merge(a, b));
                Talk(first);
                Add(Merge(b, c), null, Split(c, b), null, Split(b, a), null);
                break;
        }
        for (var i = 0; i < 3; i++) Talk(second);
        if (draws.Percent(40))
        {
            var client = draws.Percent(70) ? first : second;
            client.Insert(draws.Between(1, client.Count), Erasure(members[draws.Below(members.Length)], draws));
        }
        return [first, second];

        void Talk(List<ScriptStep> client)
        {
            for (var left = draws.Between(1, 3); left > 0; left--) client.AddRange(messages.Next(members));
        }

        // Each is told something after a merge or a split: the answer comes when that is through.
        void Add(params ReadOnlySpan<ScriptStep?> steps)
        {
            foreach (var step in steps)
            {
                if (step is not null) first.Add(step);
                else
                {
                    foreach (var member in members) first.Add(messages.Observe(member));
                    Talk(first);
                }
            }
        }
    }

    private static ScriptStep Merge(GrainKey from, GrainKey into) =>
        new(from, new CustomerMessage.MergeInto(into.Id));

    private static ScriptStep Split(GrainKey root, GrainKey off) => new(root, new CustomerMessage.Split(off.Id));

}
