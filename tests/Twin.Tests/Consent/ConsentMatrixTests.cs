using System.Text;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Twin.Tests.Consent;

/// <summary>Every category, purpose, basis and saying over every use that a definition has for personal data.</summary>
public class ConsentMatrixTests
{
    [Fact]
    public void Gate_says_what_the_law_says()
    {
        var wrong = new List<string>();
        foreach (var said in EveryBasis.Said())
        {
            var state = Customer(said);
            foreach (var (ground, category) in EveryBasis.Grounds.Select((ground, i) => (ground, i)))
            {
                for (var purpose = 0; purpose < EveryBasis.Purposes.Count; purpose++)
                {
                    var standing = ConsentStanding.Of(state, category, purpose, EveryBasis.Now);
                    var expected = EveryBasis.IsLawful(ground, isSale: purpose == 1, said);
                    Assert.NotEmpty(standing.Reason);
                    if (standing.IsLawful != expected)
                        wrong.Add($"{ground.Name} for {EveryBasis.Purposes[purpose]} after {said}: {standing}");
                }
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_use_is_made_only_of_what_is_lawful_and_the_dry_run_says_so()
    {
        var wrong = new List<string>();
        foreach (var said in EveryBasis.Said())
        {
            var state = Customer(said);
            var made = new UsesMade(state);
            foreach (var use in ConsentEvaluation.Of(state.Plan, state.Consents, state.Consents, EveryBasis.Now).Uses)
            {
                var expected = Expected(use, said);
                if (use.Allowed != expected || made.IsMade(use) != expected || use.Allowed != (use.Reason is null))
                    wrong.Add($"{use} after {said}: made {made.IsMade(use)}, lawful {expected}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Consent_expires_at_the_moment_it_names()
    {
        var state = Customer(new ConsentRecord(ConsentStatus.Granted, EveryBasis.Now, "test")
        {
            Expires = EveryBasis.Now.PlusMs(1_000),
        });
        var consent = EveryBasis.Plan.Consent.FindCategory("consent");
        Assert.True(ConsentGate.MayKeep(state, consent, EveryBasis.Now.PlusMs(999)));
        Assert.False(ConsentGate.MayKeep(state, consent, EveryBasis.Now.PlusMs(1_000)));
        Assert.Contains("expired", ConsentGate.Missing(state, 0, 1UL << consent, EveryBasis.Now.PlusMs(1_000)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dry_run_tells_what_an_assumed_answer_would_change()
    {
        var before = Customer(new ConsentRecord(ConsentStatus.Granted, EveryBasis.Now, "test")).Consents;
        var after = Customer(new ConsentRecord(ConsentStatus.Withdrawn, EveryBasis.Now, "test")).Consents;
        var uses = ConsentEvaluation.Of(EveryBasis.Plan, before, after, EveryBasis.Now).Uses;
        var closed = uses.Where(use => use is { Before: true, Allowed: false }).Select(use => use.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Contains("m_consent_help", closed);
        Assert.Contains("e_legitimateInterest", closed);
        Assert.Contains("o_contract_trade", closed);
        Assert.DoesNotContain("o_contract_help", closed);
        Assert.DoesNotContain(uses, use => use is { Before: false, Allowed: true });
    }

    /// <summary>A customer of whom everything is kept, whatever was said.</summary>
    internal static CustomerState Customer(ConsentRecord said)
    {
        var state = new CustomerState(EveryBasis.Plan);
        var reader = new EventReader(state.Plan.Events, EventLimits.Default);
        foreach (var (ground, i) in EveryBasis.Grounds.Select((ground, i) => (ground, i)))
        {
            var json = $$"""{"id":"{{i}}","type":"e_{{ground.Name}}","customer":"c","time":"2026-12-01T00:00:00Z"}""";
            var reading = reader.Read(Encoding.UTF8.GetBytes(json), EveryBasis.Now);
            var e = Assert.IsType<EventReading.Read>(reading).Event;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
            state.TakeAttribute(i, new AttributeRecord
            {
                Origin = AttributeOrigin.Declared,
                At = EveryBasis.Now,
                Source = "test",
                Number = 1,
            });
        }
        Array.Fill(state.Consents, said);
        return state;
    }

    private static bool Expected(UseStanding use, ConsentRecord said) =>
        use.Use is PersonalUse.Event or PersonalUse.Attribute
            ? EveryBasis.MayKeep(use.Name, said)
            : EveryBasis.MayUse(use.Name, said);

    /// <summary>What came out of a twin that had everything in it.</summary>
    private sealed class UsesMade
    {
        private readonly CustomerState _state;
        private readonly TwinView _view;
        private readonly Dictionary<string, Rejection> _offers;

        public UsesMade(CustomerState state)
        {
            _state = state;
            _view = TwinView.Of("c", state, EveryBasis.Now);
            var decider = new TurnDecider(state.Plan);
            decider.ReadAll(state, EveryBasis.Now, state.Plan.Decisions.RequestSlot, []);
            var (count, _) = decider.Decide(state, isHeldOut: false);
            _offers = decider.Candidates[..count].ToArray().ToDictionary(
                candidate => state.Plan.Decisions.Offers[candidate.Offer].Name, candidate => candidate.Rejection,
                StringComparer.Ordinal);
        }

        public bool IsMade(UseStanding use) => use.Use switch
        {
            PersonalUse.Event => ConsentGate.MayKeep(_state, Category(use), EveryBasis.Now),
            // Kept is not shown while restricted; either way the gate for keeping is asked before one is taken.
            PersonalUse.Attribute => _view.Description.Attributes.ContainsKey(use.Name)
                || (_state.Consents[0].IsRestricted && ConsentGate.MayKeep(_state, Category(use), EveryBasis.Now)),
            PersonalUse.Feature => _view.Description.Features.ContainsKey(use.Name),
            PersonalUse.Score => _view.Prediction.Scores[use.Name].Value is not null,
            PersonalUse.Segment => _view.Prediction.Segments.Contains(use.Name, StringComparer.Ordinal),
            PersonalUse.Offer => _offers[use.Name] is not Rejection.NoLegalBasis,
            _ => throw new InvalidOperationException($"{use.Use} is a use that this test does not know yet."),
        };

        private int Category(UseStanding use) => _state.Plan.Consent.FindCategory(use.Name[2..]);
    }
}
