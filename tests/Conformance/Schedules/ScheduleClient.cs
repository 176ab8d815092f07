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
        if (reply is null or Reply.Busy or Reply.Unavailable) return false;
        if (host.World.Trace is not null) host.World.Note($"client   {number} has {reply}");
        if (reply is Reply.Failed && !step.MayFail) problems.Add($"{step.Message} to {step.To} got {reply}");
        Replies.Add(reply);
        return true;
    }

    private void Send(ScriptStep step)
    {
        var fault = host.World.Faults.Pass(Stage.ClientSends);
        var world = host.World;
        if (world.Trace is not null) world.Note($"client   {number} sends {step.Message} to {step.To} {fault}");
        var later = world.Steps + world.Draws.Below(200);
        if (fault == Fault.Resend) host.Post(step.To, step.Message, later);
        _waiting = host.Post(step.To, step.Message, fault == Fault.Overtaken ? later : 0);
    }
}
