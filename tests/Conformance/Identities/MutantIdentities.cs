using System.Buffers;
using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>The real identity grain with one duty undone from outside.</summary>
internal sealed class MutantIdentities(Func<TurnResult.Outcome, TurnResult.Outcome> after) : IGrain
{
    private readonly IdentityGrain _sound = new();

    public GrainKind Kind => _sound.Kind;

    public GrainState Create(GrainKey key, TwinPlan plan) => _sound.Create(key, plan);

    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) =>
        _sound.Decode(key, stored, plans);

    public void Encode(GrainState state, IBufferWriter<byte> output) => _sound.Encode(state, output);

    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        _sound.EncodeMessage(message, output);

    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) => _sound.DecodeMessage(stored);

    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var result = _sound.Handle(message, turn);
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
