using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>The real identity grain with one duty undone from outside.</summary>
internal sealed class MutantIdentities(Func<TurnResult.Outcome, TurnResult.Outcome> after)
    : MutatedGrain(new IdentityGrain())
{
    public override TurnResult Handle(GrainMessage message, Turn turn)
    {
        var result = base.Handle(message, turn);
        return result is TurnResult.Outcome outcome ? after(outcome) : result;
    }

    /// <summary>Mutations by the duty that is undone.</summary>
    public static MutantIdentities Of(string mutation) => mutation switch
    {
        "MergesNobody" => new(outcome => outcome with { Effects = [] }),
        "ForgetsClaims" => new(outcome => outcome with { Rows = [] }),
        _ => throw new ArgumentException($"There is no mutation {mutation}.", nameof(mutation)),
    };
}
