using System.Buffers;
using DToC.Grains;
using DToC.Learn.Simulating;
using DToC.Twin;

namespace DToC.Http.Simulations;

/// <summary>
/// Runs one simulation, from its request or from the state that was kept of it, and keeps its state from time to time.
/// </summary>
internal sealed class SimulationJob(
    SimulationHeader header, LiveSimulation live, SimulationTable table, ITwinHost host, HttpOptions options,
    TimeProvider time)
{
    // A state or a partial result may cost so much of the time.
    private const int LeastTimesCost = 20;

    private readonly RunPace _pace = new(() => TrafficReading.Of(host.Status()), time);
    private int _generation = header.Generation;
    private long _keptAt = time.GetTimestamp();
    private long _toldAt = time.GetTimestamp();
    private long _movedAt = time.GetTimestamp();
    private TimeSpan _keepCost;
    private TimeSpan _tellCost;
    private (byte[] State, int Paths)? _toKeep;
    private SimulationRun? _run;

    /// <summary>What is to be known of how it went; empty for nothing.</summary>
    public string Note { get; private set; } = "";

    /// <summary>What it runs on; null before it has read its members.</summary>
    public SimulationGround? Ground => _run is null ? null : GroundOf(_run);

    /// <summary>Paths that everybody was run through.</summary>
    public int PathsDone => _run?.PathsDone ?? 0;

    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">It cannot be done; the message says why.</exception>
    public async Task<SimulationResult> RunAsync(CancellationToken cancellation)
    {
        var request = await table.RequestAsync(header.Id, cancellation);
        var (setup, fault) = SimulationSetup.Of(host.Plans, request);
        if (setup is null) throw new InvalidOperationException(fault);
        var run = _run = await StartAsync(setup, cancellation);
        Move(run.Progress, null);
        var result = await run.RunAsync(AfterBlock, cancellation);
        return ResultDisclosure.MayTell(result) ? result : throw new InvalidOperationException(
            $"Only {result.Members.Simulated} customers could be simulated; sums are told of "
            + $"{ResultDisclosure.LeastMembers} or more. POST /v1/twins/{{id}}/simulate runs one customer.");
    }

    /// <summary>What the paths that are done come to; null when there are none, or it may not be told.</summary>
    public SimulationResult? Partial() => _run is { PathsDone: > 0 } run && run.Result() is var result
        && ResultDisclosure.MayTell(result) ? result : null;

    /// <summary>What the worlds that are done came to.</summary>
    public ReadOnlyMemory<byte> Worlds()
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        WorldTotals.Of(_run ?? throw new InvalidOperationException("It has not begun.")).Write(output);
        return output.WrittenMemory;
    }

    /// <summary>Keeps what is done, so that it can be gone on with after a start.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        if (_run is not { PathsDone: > 0, Progress.MembersKept: true } run) return;
        _toKeep = (Written(run), run.PathsDone);
        await KeepPendingAsync(cancellation);
    }

    /// <summary>
    /// Reads the members, at the moment that the run began at before, or that the one it repeats did: the same states
    /// then give the same answer. Where they are others it begins anew, now.
    /// </summary>
    private async Task<SimulationRun> StartAsync(SimulationSetup setup, CancellationToken cancellation)
    {
        var before = header.Ground ?? await RepeatedAsync(cancellation);
        var moment = before?.At ?? Now;
        var run = await StartAtAsync(setup, moment, cancellation);
        if (before is null) return run;
        // Whether they are the same shows at the end only, and a moment that is over is not theirs if they are not.
        if (!run.Progress.MembersKept) return await StartAtAsync(setup, Now, cancellation);
        if (GroundOf(run) != before)
        {
            Note = header.Ground is null ? "" : "Customers or the definition went on while it was not running: it was "
                + "run from the start, on what there was then.";
            return await StartAtAsync(setup, Now, cancellation);
        }
        if (await table.KeptAsync(header, cancellation) is not { } state) return run;
        try
        {
            run.Resume(state);
            return run;
        }
        catch (InvalidDataException other)
        {
            Note = $"{other.Message}";
            return await StartAtAsync(setup, moment, cancellation);
        }
    }

    private async ValueTask<SimulationGround?> RepeatedAsync(CancellationToken cancellation) =>
        header.RerunOf.Length == 0 ? null : (await table.FindAsync(header.RerunOf, cancellation))?.Ground;

    private Task<SimulationRun> StartAtAsync(SimulationSetup setup, Instant moment, CancellationToken cancellation) =>
        SimulationRun.StartAsync(
            host, setup, moment,
            new SimulationOptions
            {
                Threads = 1, MemoryBytes = options.SimulationMemoryBytes, GiveWay = GiveWayAsync,
            }, cancellation);

    private void AfterBlock(SimulationRun run)
    {
        SimulationResult? partial = null;
        if (run.PathsDone > 0 && IsDue(_toldAt, options.SimulationTellInterval, _tellCost))
        {
            var begun = time.GetTimestamp();
            partial = Partial();
            (_toldAt, _tellCost) = (time.GetTimestamp(), time.GetElapsedTime(begun));
        }
        var progress = run.Progress;
        if (progress.MembersKept && progress.PathsDone < progress.Paths
            && IsDue(_keptAt, options.SimulationKeepInterval, _keepCost))
        {
            _toKeep = (Written(run), run.PathsDone);
        }
        Move(progress, partial);
    }

    private void Move(SimulationProgress progress, SimulationResult? partial)
    {
        live.Move(progress, partial);
        _movedAt = time.GetTimestamp();
    }

    private bool IsDue(long last, TimeSpan interval, TimeSpan cost)
    {
        var wait = cost * LeastTimesCost;
        return time.GetElapsedTime(last) >= (wait > interval ? wait : interval);
    }

    private async ValueTask GiveWayAsync(CancellationToken cancellation)
    {
        // Beside traffic a block may take minutes.
        if (_run is { } run && IsDue(_movedAt, options.SimulationTellInterval, TimeSpan.Zero)) Move(run.Progress, null);
        await KeepPendingAsync(cancellation);
        await _pace.GiveWayAsync(cancellation);
    }

    private async ValueTask KeepPendingAsync(CancellationToken cancellation)
    {
        if (_toKeep is not { } kept || Ground is not { } ground) return;
        var begun = time.GetTimestamp();
        _toKeep = null;
        await table.KeepAsync(header.Id, ++_generation, kept.State, kept.Paths, ground, cancellation);
        (_keptAt, _keepCost) = (time.GetTimestamp(), time.GetElapsedTime(begun));
    }

    private SimulationGround GroundOf(SimulationRun run) => new(
        host.Plans.Current.Hash, host.Plans.Current.ModelsHash, run.Begin, run.Progress.Members, run.MembersPrint);

    private static byte[] Written(SimulationRun run)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        run.Write(output);
        return output.WrittenSpan.ToArray();
    }
}
