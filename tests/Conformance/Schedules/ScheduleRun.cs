using DToC.Grains;

namespace DToC.Conformance;

/// <summary>
/// One run of a script on a simulated host: clients, a reader, a subscriber and the host take steps in an
/// order drawn from the seed. Watches what any caller could see.
/// </summary>
internal sealed class ScheduleRun
{
    private const int StepLimit = 200_000;
    private const int ClientsAtOnce = 12;

    private readonly Workload _workload;
    private readonly Script _script;
    private readonly SimulatedHost _host;
    private readonly ScheduleClient[] _clients;
    private readonly ScheduleSubscriber _subscriber;
    private readonly Dictionary<GrainKey, StoredState> _seen = [];
    private readonly int _messages;
    private int _answered;
    private int _first;
    private int _discards;
    private bool _replaced;

    public ScheduleRun(Workload workload, Script script, SimulatedHost host)
    {
        _workload = workload;
        _script = script;
        _messages = script.Messages;
        _host = host;
        _clients = [.. script.Clients.Select((steps, n) => new ScheduleClient(host, n, steps, Problems))];
        _subscriber = new ScheduleSubscriber(host, workload.Topic, Problems);
    }

    public List<string> Problems { get; } = [];

    public ScheduleEnd? End { get; private set; }

    public SimulatedWorld World => _host.World;

    /// <summary>Runs until all is answered, all wake-ups have come and nothing is left to do.</summary>
    public void ToEnd()
    {
        try
        {
            Work();
        }
        catch (Exception thrown)
        {
            Problems.Add($"After {World.Steps} steps: {thrown}"); // grains' exceptions do not come this far
        }
    }

    private void Work()
    {
        while (!IsQuiet())
        {
            if (World.Steps > StepLimit)
            {
                Problems.Add($"After {StepLimit} steps {_clients.Count(c => !c.IsDone)} clients still wait.");
                return;
            }
            Step();
            if (Problems.Count > 0) return;
        }
        _subscriber.ReadToEnd();
        if (Problems.Count == 0) End = Look();
    }

    private void Step()
    {
        var draw = World.Draws.Below(100);
        if (draw < 20) StepClient();
        else if (draw < 35) Read(KeyToRead());
        else if (draw < 38) _subscriber.Read();
        else if (draw < 40) _host.PassTime(World.Draws.Between(0, 500));
        else _host.Step();
        if (World.Discards != _discards) ReadAgain();
        if (_replaced || _script.Replacement is null || _answered * 2 < _messages) return;
        World.Note("replace  the definition");
        // The process may have died after it was stored.
        _replaced = _host.Replace(_script.Replacement) || _host.Plans.Current.Hash == _script.Replacement.Hash;
        if (_replaced) return;
        World.Note("***      it was not");
    }

    private void StepClient()
    {
        if (_clients[_first].IsDone && _first < _clients.Length - 1) _first++;
        var client = Client();
        if (!client.IsDone && client.Step()) _answered++;
    }

    private ScheduleClient Client() =>
        _clients[Math.Min(_first + World.Draws.Below(ClientsAtOnce), _clients.Length - 1)];

    /// <summary>Where a client waits a state is about to change; now and then any key.</summary>
    private GrainKey KeyToRead()
    {
        return Client().WaitsFor ?? _script.Keys[World.Draws.Below(_script.Keys.Count)];
    }

    /// <summary>What was shown before work was thrown away must still be there.</summary>
    private void ReadAgain()
    {
        _discards = World.Discards;
        foreach (var key in _script.Keys)
        {
            if (_seen.ContainsKey(key)) Read(key);
        }
    }

    /// <summary>A reader: versions never go back, and one version has one content.</summary>
    private void Read(GrainKey key)
    {
        if (_host.IsErased(key)) return;
        var read = _host.Read(key);
        if (_seen.TryGetValue(key, out var before))
        {
            if (read is null || read.Version < before.Version)
            {
                Problems.Add($"A read of {key} gave version {read?.Version ?? 0} after {before.Version}.");
            }
            else if (read.Version == before.Version && !read.Bytes.Span.SequenceEqual(before.Bytes.Span))
            {
                Problems.Add($"Two reads of {key} gave different states of version {read.Version}.");
            }
        }
        if (read is not null) _seen[key] = read;
    }

    private bool IsQuiet()
    {
        if (!Array.TrueForAll(_clients, c => c.IsDone)) return false;
        if (_script.Replacement is not null && !_replaced) return false;
        for (var i = 0; i < StepLimit; i++)
        {
            if (_host.Step()) continue;
            if (_host.NextWakeUp is not { } next || next > _script.WakeUpsUntil) return true;
            _host.PassTime(Math.Max(1, next.UnixMs - _host.Now.UnixMs));
        }
        Problems.Add($"The host finds no rest within {StepLimit} steps after the last reply.");
        return true;
    }

    private ScheduleEnd Look()
    {
        foreach (var key in _script.Keys) Read(key);
        var journals = _script.Keys.ToDictionary(k => k, _host.ReadWholeJournal);
        return new ScheduleEnd
        {
            States = _script.Keys.ToDictionary(k => k, _host.Read),
            Rows = _script.Keys.ToDictionary(k => k, k => _host.ReadRows(k, "", int.MaxValue)),
            Journals = journals.ToDictionary(j => j.Key, j => j.Value.Kept),
            WholeJournals = journals.ToDictionary(j => j.Key, j => j.Value.Whole),
            Forgotten = journals.ToDictionary(j => j.Key, j => j.Value.Forgotten),
            Published = _subscriber.Received,
            Replies = [.. _clients.Select(c => c.Replies)],
            Times = [.. _clients.Select(c => c.Times)],
            Erasures = World.Erasures.ConvertAll(e => e with { IsDone = World.Disk.Read(e.Name) is null }),
            ClosedAt = World.ClosedAt.Where(c => _host.IsErased(GrainKey.Customer(c.Key)))
                .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal),
            ErasedJournals = World.ErasedJournals.ToDictionary(
                j => j.Key, IReadOnlyList<JournalEntry> (j) => [.. j.Value.Values]),
            KeptOfErased = [.. _host.KeptOf(new DataSubject([.. World.ClosedAt.Keys], []))],
            Segments = _host.ReadSegments(),
            Left = _workload.Leases.Keys.ToDictionary(r => r, _host.LeftOf, StringComparer.Ordinal),
        };
    }
}
