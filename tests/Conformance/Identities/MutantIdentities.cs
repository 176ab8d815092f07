using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>The real identity grain with one duty undone from outside.</summary>
internal sealed class MutantIdentities(Func<TurnResult.Outcome, TurnResult.Outcome> after)
    : MutatedGrain(new IdentityGrain())
{
    /// <summary>Whether whole rows go where one of those who are in them is erased.</summary>
    private bool RemovesOthersClaims { get; init; }

    public override TurnResult Handle(GrainMessage message, Turn turn)
    {
        if (RemovesOthersClaims && message is GrainMessage.RemoveRows removal)
            message = removal with { Customers = [] };
        var result = base.Handle(message, turn);
        return result is TurnResult.Outcome outcome ? after(outcome) : result;
    }

    /// <summary>Mutations by the duty that is undone.</summary>
    public static MutantIdentities Of(string mutation) => mutation switch
    {
        "MergesNobody" => new(outcome => outcome with { Effects = [] }),
        "RemovesOthersClaims" => new(outcome => outcome) { RemovesOthersClaims = true },
        "ForgetsClaims" => new(outcome => outcome with { Rows = [] }),
        _ => throw new ArgumentException($"There is no mutation {mutation}.", nameof(mutation)),
    };
}
