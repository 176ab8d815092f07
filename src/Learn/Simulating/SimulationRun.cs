using System.Buffers;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating;

/// <summary>
/// A run of members through worlds: block after block of worlds where the members fit into memory, so that after each
/// block there is a result of fewer paths, and the run can be kept and resumed; else all worlds at once, page after
/// page of members. What comes out is the same either way, for any number of threads, partitions and blocks.
/// </summary>
public sealed class SimulationRun
{
    private const int MostBlock = 32;
    private const long BlockBytes = 64L << 20;
    private const int ChunkMembers = 8_192;
    private const int YieldingMembers = 128;

    private readonly MemberReading? _reading;
    private readonly KeptMembers? _kept;
    private readonly SimulationOptions _options;
    private readonly PathRunner _runner;
    private readonly LeastHashes _sample;
    private readonly GainBoard[] _boards;
    private readonly MemberGains _ofBlock;
    private IReadOnlyList<AssumptionResult>? _assumptions;
    private long _membersRun;
    private ulong _print;
    private double _fraction;

    private SimulationRun(
        SimulationSetup setup, MemberReading? reading, KeptMembers? kept, Instant begin, SimulationOptions options)
    {
        (Setup, _reading, _kept, Begin, _options) = (setup, reading, kept, begin, options);
        if (options.Threads < 1) throw new ArgumentException("At least one thread runs members.", nameof(options));
        _runner = new PathRunner(setup.Premises, setup.Scenarios, setup.Plans, begin, options.Threads);
        Sums = new PathSums(setup.Premises.Plan, setup.Scenarios, setup.Request.Paths, options.MemoryBytes);
        Gains = new MemberGains(setup.Scenarios.Count);
        _ofBlock = new MemberGains(setup.Scenarios.Count);
        _sample = new LeastHashes(SensitivityRun.MostMembers, setup.Request.Seed);
        _boards = Boards();
        if (kept is null) return;
        Gains.Begin(0, kept.Count);
        _print = kept.Fingerprint;
        if (!setup.Request.Sensitivity) return;
        foreach (var member in kept.All()) _sample.Offer(member);
    }

    /// <summary>What is run.</summary>
    public SimulationSetup Setup { get; }

    /// <summary>The moment all paths begin.</summary>
    public Instant Begin { get; }

    /// <summary>Paths that everybody was run through.</summary>
    public int PathsDone { get; private set; }

    /// <summary>Hash of the members and their states.</summary>
    public ulong MembersPrint => _print;

    internal PathSums Sums { get; }

    internal MemberGains Gains { get; }

    /// <summary>Named customers that there are not.</summary>
    internal long Unknown => _reading?.Unknown ?? 0;

    internal IReadOnlyList<AssumptionResult> Assumptions => _assumptions ?? [.. Setup.Premises.Assumptions.Select(
        a => new AssumptionResult(a.Name, a.Value, a.StandardError, a.Source, a.Says, a.Note, null))];

    /// <summary>How far it is and what it takes.</summary>
    public SimulationProgress Progress => new(
        PathsDone, Setup.Request.Paths, _fraction, _kept?.Count ?? _membersRun, _kept is not null, _kept?.Bytes ?? 0,
        Sums.Bytes + Gains.Bytes + _ofBlock.Bytes
            + _runner.ScratchBytes(BlockOf(Setup.Request.Paths), Sums.TallyBytes));

    /// <summary>Reads the members of a request and makes all ready.</summary>
    /// <param name="host">Whose customers.</param>
    /// <param name="setup">What to run.</param>
    /// <param name="now">The moment paths begin, unless the request names one in the past.</param>
    /// <param name="options">How to go about it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">It takes more memory than allowed; the message says what would
    /// go.</exception>
    public static async Task<SimulationRun> StartAsync(
        ITwinHost host, SimulationSetup setup, Instant now, SimulationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(options);
        var request = setup.Request;
        var reading = new MemberReading(host, request.Population, request.Groups, request.At, now);
        var kept = await reading.KeepAsync(options.MemoryBytes, cancellation);
        return new SimulationRun(setup, reading, kept, request.At ?? now, options);
    }

    /// <summary>Runs members that are in memory.</summary>
    /// <param name="setup">What to run; the population of the request is not asked for.</param>
    /// <param name="members">The members.</param>
    /// <param name="begin">The moment paths begin.</param>
    /// <param name="options">How to go about it.</param>
    public static SimulationRun Of(
        SimulationSetup setup, KeptMembers members, Instant begin, SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(options);
        return new SimulationRun(setup, reading: null, members, begin, options);
    }

    /// <summary>Runs what is left.</summary>
    /// <param name="afterBlock">
    /// Told after each stretch of work, on the thread that runs; may ask for <see cref="Progress"/>, and where
    /// <see cref="PathsDone"/> is above 0 for <see cref="Result"/> and <see cref="Write"/>.
    /// </param>
    /// <param name="cancellation">Ends it; what whole blocks came to stays.</param>
    public async Task<SimulationResult> RunAsync(Action<SimulationRun>? afterBlock, CancellationToken cancellation)
    {
        if (_kept is not null) await RunBlocksAsync(_kept, afterBlock, cancellation);
        else if (_reading is not null) await RunPagesAsync(_reading, afterBlock, cancellation);
        if (Setup.Request.Sensitivity && _assumptions is null)
        {
            await Task.Yield();
            _assumptions = new SensitivityRun(Setup, Begin, _options).Of(
                [.. _sample.InOrder()], _kept?.Count ?? _membersRun, cancellation);
        }
        _fraction = 1;
        return Result();
    }

    /// <summary>What the paths done come to: the whole answer, or one of fewer paths.</summary>
    /// <exception cref="InvalidOperationException">No path is done yet.</exception>
    public SimulationResult Result() => PathsDone == 0
        ? throw new InvalidOperationException("No path is done yet.")
        : new ResultBuilder(this).Build(_kept is null ? _boards : FilledBoards(_kept));

    /// <summary>
    /// Writes all that the paths done came to, so that another process can go on from there
    /// (<see cref="SimulationKept"/>); members are not in it, as nobody's state is kept twice.
    /// </summary>
    /// <exception cref="InvalidOperationException">Members are not kept: nothing is whole before the end.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        if (_kept is null)
            throw new InvalidOperationException("Members that do not fit into memory are run in one go.");
        SimulationKept.Write(this, output);
    }

    /// <summary>
    /// Goes on from what <see cref="Write"/> wrote: the same request under the same definition on the same states.
    /// </summary>
    /// <exception cref="InvalidDataException">It is of another build, request, definition or states, or damaged; the
    /// message says which.</exception>
    public void Resume(ReadOnlySpan<byte> written)
    {
        if (PathsDone > 0) throw new InvalidOperationException("It has begun.");
        PathsDone = SimulationKept.Read(this, written);
    }

    private async Task RunBlocksAsync(
        KeptMembers kept, Action<SimulationRun>? afterBlock, CancellationToken cancellation)
    {
        var paths = Setup.Request.Paths;
        while (PathsDone < paths)
        {
            var worlds = Worlds(PathsDone, Math.Min(BlockOf(paths), paths - PathsDone));
            // What a block that was given up had come to does not count.
            Sums.Clear(PathsDone, worlds.Length);
            _ofBlock.Begin(0, kept.Count);
            for (var from = 0; from < kept.Count; from += Stretch)
            {
                await GiveWayAsync(cancellation);
                _runner.Run(kept.Slice(from, Stretch), worlds, Sums, _ofBlock, cancellation);
                var share = Math.Min(1, (from + Stretch) / (double)kept.Count);
                _fraction = (PathsDone + share * worlds.Length) / paths;
            }
            Gains.Add(_ofBlock);
            PathsDone += worlds.Length;
            _fraction = PathsDone / (double)paths;
            afterBlock?.Invoke(this);
        }
    }

    private async Task RunPagesAsync(
        MemberReading reading, Action<SimulationRun>? afterBlock, CancellationToken cancellation)
    {
        var paths = Setup.Request.Paths;
        var worlds = Worlds(0, paths);
        await foreach (var page in reading.PagesAsync(cancellation))
        {
            await GiveWayAsync(cancellation);
            if (page.Count == 0) continue;
            Gains.Begin(page[0].Number, page.Count);
            _runner.Run(page, worlds, Sums, Gains, cancellation);
            foreach (var member in page)
            {
                unchecked
                {
                    _print += KeptMembers.PrintOf(member.Id, member.Stored.Span);
                }
                _sample.Offer(member);
                Score(_boards, member, paths);
            }
            _membersRun += page.Count;
            afterBlock?.Invoke(this);
        }
        PathsDone = paths;
    }

    // Who gives way does so after a fraction of a second of one thread.
    private int Stretch => _options.GiveWay is null ? ChunkMembers : YieldingMembers * _options.Threads;

    private async ValueTask GiveWayAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_options.GiveWay is { } giveWay) await giveWay(cancellation);
    }

    private World[] Worlds(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(
            index => World.Draw(Setup.Premises, Setup.Scenarios, Setup.Request.Seed, index)),
    ];

    private int BlockOf(int paths) => _kept is null ? paths
        : (int)Math.Clamp(BlockBytes / (_options.Threads * Sums.TallyBytes), 1, Math.Min(MostBlock, paths));

    private GainBoard[] Boards() =>
        [.. Enumerable.Range(1, Setup.Scenarios.Count - 1).Select(_ => new GainBoard(Setup.Request.Top))];

    private GainBoard[] FilledBoards(KeptMembers kept)
    {
        var boards = Boards();
        if (boards.Length == 0) return boards;
        foreach (var member in kept.All()) Score(boards, member, PathsDone);
        return boards;
    }

    private void Score(GainBoard[] boards, Member member, int worlds)
    {
        for (var b = 0; b < boards.Length; b++) boards[b].Add(member.Id, Gains.Of(member.Number, b + 1), worlds);
    }
}
