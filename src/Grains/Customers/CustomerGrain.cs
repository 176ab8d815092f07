using System.Buffers;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The twin of one customer as a virtual actor. A turn: duplicate? - consent gate - fold - features - the scores a
/// rule reads - and, if a trigger fired, a decision. Out come new state, journal, effects, reply.
/// </summary>
public sealed class CustomerGrain : IGrain
{
    // As many as a host holds decoded at one time; more would only keep memory.
    private const int MaxAtRest = 64;

    private readonly DecisionTurn _decisions = new();
    private readonly Stack<CustomerActivation> _atRest = new(MaxAtRest);

    /// <inheritdoc/>
    public GrainKind Kind => GrainKind.Customer;

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new CustomerActivation(new CustomerState(plan));

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) =>
        CustomerCodec.Read(stored, plans, _atRest.TryPop(out var rest) ? rest : null);

    /// <inheritdoc/>
    public void Release(GrainState state)
    {
        if (_atRest.Count < MaxAtRest) _atRest.Push((CustomerActivation)state);
    }

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output) =>
        CustomerCodec.Write((CustomerActivation)state, output);

    /// <inheritdoc/>
    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        CustomerCodec.WriteMessage(message, output);

    /// <inheritdoc/>
    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) => CustomerCodec.ReadMessage(stored);

    /// <inheritdoc/>
    public Letter? SendBack(GrainMessage message) => MergeTurns.SendBack(message);

    /// <inheritdoc/>
    public TurnResult Handle(GrainMessage message, Turn turn)
    {
        var activation = (CustomerActivation)turn.State;
        _decisions.Forget();
        var customer = new CustomerTurn(turn, activation, _decisions)
        {
            For = ForOf(message, turn.Key),
            Since = Instant.Max(turn.Since, message.Since),
        };
        return SegmentTurn.End(customer, message, Run(message, customer, activation));
    }

    private static TurnResult Run(GrainMessage message, CustomerTurn customer, CustomerActivation activation)
    {
        if (activation.Twin.MovedTo is { } target) return MergeTurns.AfterMove(customer, message, target);
        if (message is CustomerMessage.Absorb absorb) return MergeTurns.Absorb(customer, absorb);
        if (MergeTurns.NotYet(customer, message) is { } notYet) return notYet;
        if (activation.Twin.IsStale)
        {
            // After a changed definition some slots want the history; the first turn that touches the twin asks for it.
            if (customer.Past is not { } past) return customer.NeedsHistory();
            customer.Refold(past);
        }
        // A consent has expired, or the definition in force gives another basis.
        if (customer.Lost(activation.Twin.Consents) is var lost and not 0)
        {
            if (customer.History is null) return customer.NeedsHistory();
            customer.Forget(lost);
            // Those tell more, below.
            if (message is not (GrainMessage.WokenUp or CustomerMessage.SetConsents))
                ConsentTurns.TellForgotten(customer);
        }
        return message switch
        {
            CustomerMessage.Observe observe => ObserveTurn.Run(customer, observe),
            CustomerMessage.SetConsents consents => ConsentTurns.Set(customer, consents),
            CustomerMessage.SetAttributes attributes => FactTurns.SetAttributes(customer, attributes),
            CustomerMessage.Decide decide => FactTurns.Decide(customer, decide),
            CustomerMessage.Forget => customer.Unchanged(Reply.Done.Instance), // its own gate has been asked
            CustomerMessage.BecomeKnown known => LinkTurns.BecomeKnown(customer, known),
            CustomerMessage.Lead or CustomerMessage.Return => customer.Unchanged(Reply.Done.Instance), // came late
            CustomerMessage.Split split => SplitTurn.Run(customer, split),
            CustomerMessage.MergeInto merge => MergeTurns.MergeInto(customer, merge),
            GrainMessage.WokenUp wokenUp => FactTurns.WakeUp(customer, wokenUp),
            GrainMessage.Refold => RefoldTurn.Refold(customer),
            GrainMessage.TakeCheckpoint => RefoldTurn.TakeCheckpoint(customer),
            _ => throw new ArgumentException($"A customer is never told {message.GetType().Name}.", nameof(message)),
        };
    }

    /// <summary>Which merged customer a message was sent to; a ring that was opened may have led it back.</summary>
    private static string? ForOf(GrainMessage message, GrainKey key) => message.For == key.Id ? null : message.For;
}
