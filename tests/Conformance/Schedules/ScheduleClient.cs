using DToC.Grains;

namespace DToC.Conformance;

/// <summary>
/// A client that sends its messages one after the other and sends a message again, with the same id, until it
/// knows that it was carried out.
/// </summary>
internal sealed class ScheduleClient(
    SimulatedHost host, int number, IReadOnlyList<ScriptStep> steps, List<string> problems)
{
    private Ticket? _waiting;

    public List<Reply> Replies { get; } = [];

    /// <summary>Of each reply the steps in which its message was sent last, and in which it was taken.</summary>
    public List<(long Sent, long Answered)> Times { get; } = [];

    private long _sent;

    /// <summary>The key whose reply is waited for, or null.</summary>
    public GrainKey? WaitsFor => _waiting is { IsAnswered: false } ? steps[Replies.Count].To : null;

    public bool IsDone => Replies.Count == steps.Count;

    /// <summary>Sends, or takes a reply; true when a message has been answered for good.</summary>
    public bool Step()
    {
        var step = steps[Replies.Count];
        if (_waiting is null)
        {
            Send(step);
            return false;
        }
        if (!_waiting.IsAnswered) return false;
        var reply = _waiting.Reply;
        _waiting = null;
        if (reply is null && step.Message is Erase { AsksAgain: false }) reply = new EraseReply(null);
        if (reply is null or Reply.Busy or Reply.Unavailable) return false;
        if (host.World.Trace is not null) host.World.Note($"client   {number} has {reply}");
        if (reply is Reply.Failed && !step.MayFail) problems.Add($"{step.Message} to {step.To} got {reply}");
        if (reply is EraseReply { Receipt: not null }) CheckErased(step.To);
        Replies.Add(reply);
        Times.Add((_sent, host.World.Steps));
        return true;
    }

    /// <summary>Acknowledged means erased: at that moment nothing is kept.</summary>
    private void CheckErased(GrainKey key)
    {
        var subject = host.World.Erasures.Last(erasure => erasure.Asked == key.Id).Subject;
        foreach (var kept in host.KeptOf(new DataSubject([.. subject.Closed], [])))
            problems.Add($"{key} was erased, says the receipt; there is {kept}");
    }

    private void Send(ScriptStep step)
    {
        _sent = host.World.Steps;
        if (step.Message is Erase)
        {
            if (host.World.Trace is not null) host.World.Note($"client   {number} erases {step.To}");
            _waiting = host.PostErasure(step.To.Id);
            return;
        }
        var fault = host.World.Faults.Pass(Stage.ClientSends);
        var world = host.World;
        if (world.Trace is not null) world.Note($"client   {number} sends {step.Message} to {step.To} {fault}");
        var later = world.Steps + world.Draws.Below(200);
        if (fault == Fault.Resend) host.Post(step.To, step.Message, later);
        _waiting = host.Post(step.To, step.Message, fault == Fault.Overtaken ? later : 0);
    }
}
