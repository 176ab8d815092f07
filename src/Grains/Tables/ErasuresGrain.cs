using System.Buffers;
using System.Globalization;
using DToC.Twin.Plan;

namespace DToC.Grains;

/// <summary>What the table of erasures is told.</summary>
public abstract record ErasuresMessage : GrainMessage
{
    private ErasuresMessage()
    {
    }

    /// <summary>
    /// An erasure is done: keep its receipt, and tell subscribers. One that is kept already is not told again.
    /// </summary>
    public sealed record Record(ErasureReceipt Receipt) : ErasuresMessage;
}

/// <summary>
/// The table of erasures: a row a receipt, under its random token. Publishes each, so that systems that got something
/// of the customer erase it too; it names the customer by hashes alone.
/// </summary>
public sealed class ErasuresGrain : TableGrain
{
    /// <summary>Its one key.</summary>
    public static readonly GrainKey Key = new(GrainKind.Erasures, "all");

    /// <inheritdoc/>
    public override GrainKind Kind => GrainKind.Erasures;

    /// <inheritdoc/>
    public override TurnResult Handle(GrainMessage message, Turn turn)
    {
        if (message is not ErasuresMessage.Record { Receipt: var receipt } || turn.Rows.Find(receipt.Token) is not null)
            return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        turn.State.Version++;
        var bytes = receipt.ToBytes();
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(receipt.Token, bytes)],
            Effects = [new Effect.Publish(++turn.State.EffectSequence, Topic.Erasure, bytes)],
        };
    }
}
