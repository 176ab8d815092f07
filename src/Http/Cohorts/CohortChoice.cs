using System.Runtime.CompilerServices;
using DToC.Grains;
using DToC.Http.Problems;
using DToC.Http.Segments;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Rules;
using DToC.Twin.Segments;
using DToC.Twin.State;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Http.Cohorts;

/// <summary>How the members of a cohort are chosen.</summary>
/// <param name="Header">What the cohort will be.</param>
/// <param name="Plan">The plan that it is chosen under.</param>
/// <param name="Segment">Slot of the segment, or -1.</param>
/// <param name="Rule">The rule with its purpose and categories; null for ids.</param>
/// <param name="Past">A past moment as of which they are chosen; null for now.</param>
internal sealed record CohortChoice(CohortHeader Header, TwinPlan Plan, int Segment, SegmentPlan? Rule, Instant? Past)
{
    private const int StatesPerPage = 512;

    /// <summary>Reads what is wanted, or says what is wrong with it.</summary>
    public static (CohortChoice? Choice, ProblemResult? Problem) Read(CohortRequest wanted, TwinPlan plan, Instant now)
    {
        var ways = (wanted.Segment is null ? 0 : 1) + (wanted.Rule is null ? 0 : 1) + (wanted.Ids is null ? 0 : 1);
        if (ways != 1) return Malformed("Name one of segment, rule and ids; the members are chosen by it.");
        if (wanted.At > now)
            return Malformed($"at lies ahead of {now}; a cohort is chosen as of now or a past moment.");
        if (wanted.Ids is not null && wanted.At is not null)
            return Malformed("at says as of when a rule chooses; ids are the same at every moment. Leave it out.");
        var at = wanted.At ?? now;
        if (wanted.Segment is { } name)
        {
            var slot = plan.Segmentation.Find(name);
            if (slot < 0) return Malformed($"{SegmentLookup.NoSuch(plan, name)}.");
            if (wanted.Purpose is not null)
                return Malformed($"'{name}' has a purpose of its own; leave purpose out.");
            var segment = plan.Segments[slot];
            return Of(CohortOrigin.Segment, name, segment.Purpose, slot, segment);
        }
        var purpose = plan.Segmentation.Purposes.Where(known => plan.Consent.Purposes[known] == wanted.Purpose)
            .DefaultIfEmpty(-1).First();
        if (purpose < 0) return Malformed(SegmentLookup.NoSuchPurpose(plan, wanted.Purpose));
        if (wanted.Rule is null) return Of(CohortOrigin.Ids, "", purpose, -1, null);
        return Expression.Compile(wanted.Rule, plan.Vector.Symbols, ValueType.Boolean) switch
        {
            Compilation.Compiled { Expression: var rule } => Of(
                CohortOrigin.Rule, wanted.Rule, purpose, -1,
                new SegmentPlan(
                    wanted.Name ?? "", purpose, plan.Vector.CategoriesOf(rule), rule,
                    new RuleTiming(TimingKind.Still, [], false))),
            Compilation.Invalid wrong => Malformed(
                $"rule, character {wrong.Position + 1}: {wrong.Message.TrimEnd('.')}."
                + (wrong.Suggestion is null ? "" : $" Did you mean '{wrong.Suggestion}'?")),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };

        (CohortChoice? Choice, ProblemResult? Problem) Of(
            CohortOrigin origin, string told, int serves, int slot, SegmentPlan? rule)
        {
            var categories = plan.Consent.Categories.Where((_, i) => (rule?.Categories >> i & 1) == 1);
            var header = new CohortHeader(origin, told, plan.Consent.Purposes[serves], at, now)
            {
                Categories = [.. categories],
            };
            return (new CohortChoice(header, plan, slot, rule, wanted.At), null);
        }
    }

    /// <summary>All customers that are chosen, some at a time.</summary>
    public async IAsyncEnumerable<List<string>> MembersAsync(
        ITwinHost host, TwinLookup twins, Instant now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = new MembershipReader(Plan, now);
        var vectors = new Vectors(Plan);
        await foreach (var page in host.ReadAllAsync(GrainKind.Customer, null, StatesPerPage, cancellation))
        {
            List<string> members = [];
            foreach (var stored in page.States)
            {
                var customer = CustomerCodec.Read(stored.State.Bytes.Span, host.Plans);
                if (customer.Twin.MovedTo is not null || customer.Twin.Plan != Plan) continue;
                var isIn = Segment >= 0 && Past is null
                    ? reader.IsIn(customer, Segment)
                    : await HoldsAsync(stored, customer, twins, vectors, now, cancellation);
                if (isIn) members.Add(stored.Key.Id);
            }
            yield return members;
        }
    }

    /// <summary>Whether the rule held for a customer at the moment, by what may be used of it today.</summary>
    private async ValueTask<bool> HoldsAsync(
        KeyedState stored, CustomerActivation customer, TwinLookup twins, Vectors vectors, Instant now,
        CancellationToken cancellation)
    {
        var found = new FoundTwin(stored.Key.Id, customer, stored.State);
        CustomerState? state = await twins.AtAsync(found, Past, now, cancellation);
        if (state is null) return false;
        FeatureReader.Fill(vectors, state, Past ?? now);
        Scorer.ScoreAll(vectors);
        return Rule is not null && SegmentEvaluation.IsMember(Rule, vectors);
    }

    private static (CohortChoice? Choice, ProblemResult? Problem) Malformed(string detail) =>
        (null, new ProblemResult(ProblemKind.Malformed, detail));
}
