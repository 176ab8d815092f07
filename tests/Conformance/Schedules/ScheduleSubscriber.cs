using DToC.Grains;

namespace DToC.Conformance;

/// <summary>
/// A subscriber that keeps its cursor now and then, dies, and resumes by the cursor it kept: it may see an
/// effect again, never miss one, and sees the effects of one sender in their order.
/// </summary>
internal sealed class ScheduleSubscriber(SimulatedHost host, Topic topic, List<string> problems)
{
    private readonly Dictionary<GrainKey, long> _lastOfSender = [];
    private readonly HashSet<EffectId> _ids = [];
    private string _cursor = Published.Beginning;
    private string _kept = Published.Beginning;
    private int _reads;

    /// <summary>Effects in the order they first came.</summary>
    public List<Published> Received { get; } = [];

    public void Read()
    {
        switch (host.World.Faults.Pass(Stage.SubscriberReads))
        {
            case Fault.Crash:
                host.Crash();
                break;
            case Fault.ReadFails:
                host.World.Note($"***      subscriber cannot read after {_cursor}");
                return;
            case Fault.SubscriberDies:
                host.World.Note($"***      subscriber dies at {_cursor}, resumes at {_kept}");
                _cursor = _kept;
                _lastOfSender.Clear();
                break;
        }
        foreach (var published in host.ReadPublished(topic, _cursor, 3)) Take(published);
        if (++_reads % 4 == 0) _kept = _cursor;
    }

    public void ReadToEnd()
    {
        while (host.ReadPublished(topic, _cursor, 1).Count > 0) Read();
    }

    private void Take(Published published)
    {
        var (sender, sequence) = published.Id;
        if (sequence <= _lastOfSender.GetValueOrDefault(sender))
        {
            problems.Add($"The subscriber got {published.Id} after {_lastOfSender[sender]} of its sender.");
        }
        _lastOfSender[sender] = sequence;
        _cursor = published.Cursor;
        if (_ids.Add(published.Id)) Received.Add(published);
    }
}
