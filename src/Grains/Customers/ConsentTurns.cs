using System.Buffers;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Turns that change what may be done with a customer's data.</summary>
internal static class ConsentTurns
{
    // No trigger can have a name that begins with a blank.
    private const string ExpiryPrefix = " expires ";

    public static TurnResult Set(CustomerTurn turn, CustomerMessage.SetConsents message)
    {
        var plan = turn.Plan.Consent;
        if (message.At < turn.Since) return turn.Unchanged(new CustomerReply.Refused("time", turn.ErasedBefore));
        foreach (var change in message.Changes)
        {
            if (message.At is not null && change.IsRestricted == false)
            {
                return turn.Unchanged(new CustomerReply.Refused(
                    change.Purpose, "A restriction is lifted from now on; leave out the time"));
            }
            if (plan.FindPurpose(change.Purpose) >= 0) continue;
            return turn.Unchanged(new CustomerReply.Refused(change.Purpose, plan.NoSuchPurpose(change.Purpose)));
        }
        var at = message.At is { } said && said < turn.Now ? said : turn.Now;
        ConsentRecord[] before = [.. turn.Twin.Consents];
        ConsentRecord[] after = [.. before];
        foreach (var change in message.Changes)
        {
            ref var consent = ref after[plan.FindPurpose(change.Purpose)];
            consent = change.ApplyTo(consent, at, message.Source);
        }
        var lost = turn.Lost(after);
        if (lost != 0 && turn.History is null) return turn.NeedsHistory();
        after.CopyTo(turn.Twin.Consents, 0);
        turn.Journal(JournalKind.Consents, at, plan.LongestRetentionMs,
            JournalPayload.OfConsents(message.Source, message.Changes, turn.For));
        if (lost != 0) turn.Forget(lost);
        Tell(turn, before, message.Source);
        turn.Decisions.Begin(turn);
        turn.Decisions.Run(turn, mayFireThresholds: true);
        return turn.Changed(Reply.Done.Instance);
    }

    /// <summary>
    /// After consents have changed: tells other systems what they may not use any more, and asks to be woken up when a
    /// consent expires.
    /// </summary>
    /// <param name="turn">The turn, which has forgotten what may not be kept any more.</param>
    /// <param name="before">Consents before.</param>
    /// <param name="source">Through which system it was said.</param>
    /// <param name="merged">Consents of a customer merged into this one, or none.</param>
    public static void Tell(
        CustomerTurn turn, ReadOnlySpan<ConsentRecord> before, string source,
        ReadOnlySpan<ConsentRecord> merged = default)
    {
        var plan = turn.Plan.Consent;
        List<CategoryForPurpose> closed = [];
        for (var purpose = 0; purpose < before.Length; purpose++)
        {
            var consent = turn.Twin.Consents[purpose];
            if (consent == before[purpose] && merged.IsEmpty) continue;
            var lawful = ConsentGate.Lawful(plan, before[purpose], purpose, turn.Now);
            if (!merged.IsEmpty) lawful |= ConsentGate.Lawful(plan, merged[purpose], purpose, turn.Now);
            AddClosed(turn, purpose, lawful, closed);
            AwaitExpiry(turn, purpose);
        }
        Publish(turn, source, closed);
    }

    /// <summary>Asks to be woken up when consents expire, whatever was asked for before.</summary>
    public static void AwaitExpiry(CustomerTurn turn)
    {
        for (var purpose = 0; purpose < turn.Twin.Consents.Length; purpose++) AwaitExpiry(turn, purpose);
    }

    private static void AwaitExpiry(CustomerTurn turn, int purpose)
    {
        var consent = turn.Twin.Consents[purpose];
        if (consent.IsGranted(turn.Now) && !consent.Expires.IsNever)
            turn.WakeUp(ExpiryPrefix + turn.Plan.Consent.Purposes[purpose], consent.Expires);
    }

    /// <summary>After something was forgotten because time or the definition went on.</summary>
    public static void TellForgotten(CustomerTurn turn) => Publish(turn, source: "", []);

    /// <summary>A consent may have expired; false when the wake-up is not one of these.</summary>
    public static bool Expire(CustomerTurn turn, GrainMessage.WokenUp message)
    {
        if (!message.Name.StartsWith(ExpiryPrefix, StringComparison.Ordinal)) return false;
        var purpose = turn.Plan.Consent.FindPurpose(message.Name[ExpiryPrefix.Length..]);
        if (purpose < 0 || turn.Twin.Consents[purpose].Expires != message.At) return true; // renewed since
        List<CategoryForPurpose> closed = [];
        var consent = turn.Twin.Consents[purpose];
        var before = ConsentGate.Lawful(turn.Plan.Consent, consent, purpose, message.At.PlusMs(-1));
        AddClosed(turn, purpose, before, closed);
        Publish(turn, source: "", closed);
        return true;
    }

    private static void AddClosed(CustomerTurn turn, int purpose, ulong before, List<CategoryForPurpose> closed)
    {
        var plan = turn.Plan.Consent;
        var gone = before & ~ConsentGate.Lawful(plan, turn.Twin.Consents[purpose], purpose, turn.Now);
        AddClosed(plan, purpose, gone, closed);
    }

    private static void AddClosed(ConsentPlan plan, int purpose, ulong gone, List<CategoryForPurpose> closed)
    {
        foreach (var category in plan.NamesOf(gone))
            closed.Add(new CategoryForPurpose(category, plan.Purposes[purpose]));
    }

    /// <summary>
    /// The customer stands behind a pseudonymous persona from now on: what no contract and no law asks for is not to be
    /// used. Those who know the persona alone are told nothing, as nothing of it has changed.
    /// </summary>
    public static void TellSetAside(CustomerTurn turn, string source)
    {
        var plan = turn.Plan.Consent;
        List<CategoryForPurpose> closed = [];
        for (var purpose = 0; purpose < plan.Purposes.Count; purpose++)
        {
            var lawful = ConsentGate.Lawful(plan, turn.Twin.Consents[purpose], purpose, turn.Now);
            AddClosed(plan, purpose, lawful & ~plan.Always[purpose], closed);
        }
        if (closed.Count > 0) Publish(turn, new ConsentNotice(turn.Customer, turn.Now, source, closed, []));
    }

    /// <summary>Under each id that something may have gone out under, so that none leads to another.</summary>
    private static void Publish(CustomerTurn turn, string source, List<CategoryForPurpose> closed)
    {
        if (closed.Count == 0 && turn.Forgotten == 0) return;
        var forgotten = turn.Plan.Consent.NamesOf(turn.Forgotten);
        Publish(turn, new ConsentNotice(turn.Customer, turn.Now, source, closed, forgotten));
        foreach (var pseudonym in turn.Pseudonyms)
            Publish(turn, new ConsentNotice(pseudonym, turn.Now, source, closed, forgotten));
        turn.Forgotten = 0;
    }

    private static void Publish(CustomerTurn turn, ConsentNotice notice)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Envelope.BeginPlain(buffer);
        notice.Write(buffer);
        turn.Publish(Topic.Consent, buffer.WrittenSpan.ToArray());
    }
}
