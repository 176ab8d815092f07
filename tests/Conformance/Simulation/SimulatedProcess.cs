using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// All that a simulated host has in memory. A crash throws it away; a new one reads the disk. Each call of
/// <see cref="Step"/> takes one of the steps that are ready, drawn from the seed.
/// </summary>
internal sealed partial class SimulatedProcess
{
    private readonly SimulatedWorld _world;
    private readonly Dictionary<GrainKey, Activation> _byKey = [];
    private readonly List<Activation> _activations = [];
    private readonly List<Envelope> _underWay = [];
    private readonly List<(StepKind Kind, object Subject)> _ready = [];
    private readonly SimulatedPartition[] _partitions;
    private readonly IGrain?[][] _grains;
    private PlanCatalog _plans;
    private SimulatedSegments _segments;

    /// <summary>Starts on what the disk has.</summary>
    /// <exception cref="CrashedException">A crash or a failed read during recovery.</exception>
    public SimulatedProcess(SimulatedWorld world)
    {
        _world = world;
        var numbers = Enumerable.Range(0, world.Options.Partitions);
        _partitions = [.. numbers.Select(n => new SimulatedPartition(n))];
        _grains = [.. _partitions.Select(_ => new IGrain?[256])];
        _plans = new PlanCatalog(world.Options.Plan);
        Recover();
        _segments = CountSegments();
    }

    private enum StepKind
    {
        Arrive,
        Load,
        RunTurn,
        ReadHistory,
        BeginCommit,
        EndCommit,
        Deliver,
        Remove,
        WakeUp,
        Refold,
        Evict,
        Erase,
    }

    public PlanCatalog Plans => _plans;

    public IReadOnlyList<SimulatedPartition> Partitions => _partitions;

    public IReadOnlyList<Activation> Activations => _activations;

    /// <summary>Messages that have arrived in a partition and wait for their turn.</summary>
    public int Waiting(int partition)
    {
        var waiting = 0;
        foreach (var activation in _activations)
        {
            if (activation.Partition != partition) continue;
            waiting += activation.Queue.Count + (activation.Waiting is null ? 0 : 1);
        }
        return waiting;
    }

    public void Post(Envelope envelope) => _underWay.Add(envelope);

    /// <summary>Takes one step; false when nothing is ready and nothing is held back.</summary>
    public bool Step()
    {
        _world.Steps++;
        var held = CollectReady();
        if (_ready.Count == 0) return held;
        var (kind, subject) = _ready[_world.Draws.Below(_ready.Count)];
        switch (kind)
        {
            case StepKind.Arrive: Arrive((Envelope)subject); break;
            case StepKind.Load: Load((Activation)subject); break;
            case StepKind.RunTurn: RunTurn((Activation)subject); break;
            case StepKind.ReadHistory: ReadHistory((Activation)subject); break;
            case StepKind.BeginCommit: BeginCommit((SimulatedPartition)subject); break;
            case StepKind.EndCommit: EndCommit((SimulatedPartition)subject); break;
            case StepKind.Deliver: Deliver((OutboxEffect)subject); break;
            case StepKind.Remove: Remove((OutboxEffect)subject); break;
            case StepKind.WakeUp: WakeUp((WakeEntry)subject); break;
            case StepKind.Refold: Refold((string)subject); break;
            case StepKind.Evict: Evict((Activation)subject); break;
            case StepKind.Erase: Erase((SimulatedErasure)subject); break;
        }
        return true;
    }

    /// <summary>
    /// Makes a definition current, durably; states in memory are read again under it. False when it could not be
    /// stored.
    /// </summary>
    public bool Replace(TwinPlan plan)
    {
        List<KeyValuePair<string, byte[]?>> changes =
        [
            new(StoredForms.Plan(plan.Hash), plan.Source.Bytes.ToArray()),
            new(StoredForms.CurrentPlan, StoredForms.Bytes(w => w.Hash(plan.Hash))),
            new(StoredForms.RefoldAfter, StoredForms.Bytes(w => w.Text(""))),
        ];
        if (!_world.Write(_world.Pass(Stage.Replacement), Stage.Replacement, changes)) return false;
        _plans = _plans.WithCurrent(plan);
        _refoldAfter = "";
        _refolding = false;
        foreach (var activation in _activations) activation.Reset();
        _segments = CountSegments();
        return true;
    }

    /// <summary>The tallies of segments, and whether every customer was looked at under the definition.</summary>
    public SegmentsReading ReadSegments() => new(_segments.Read(), _refoldAfter is null, _world.Clock)
    {
        IsErased = customer => IsErased(GrainKey.Customer(customer)),
    };

    private SimulatedSegments CountSegments()
    {
        var segments = new SimulatedSegments(_plans.Current, _partitions.Length);
        var prefix = StoredForms.States(GrainKind.Customer);
        foreach (var (name, bytes) in _world.Disk.Scan(prefix))
        {
            var key = GrainKey.Customer(name[prefix.Length..]);
            segments.Take(key, PartitionOf(key), StoredForms.ReadState(bytes));
        }
        return segments;
    }

    private int PartitionOf(GrainKey key) => (int)(key.StableHash() % (ulong)_partitions.Length);

    private IGrain Grain(GrainKey key) =>
        _grains[PartitionOf(key)][(byte)key.Kind] ??= _world.Options.Grains.Create(key.Kind);

    private bool CollectReady()
    {
        _ready.Clear();
        var held = false;
        foreach (var envelope in _underWay)
        {
            if (envelope.HeldUntil <= _world.Steps) _ready.Add((StepKind.Arrive, envelope));
            else held = true;
        }
        foreach (var activation in _activations)
        {
            if (activation.Phase != Phase.ReadingHistory && activation.Queue.Count == 0) continue;
            var step = activation.Phase switch
            {
                Phase.ReadingHistory => StepKind.ReadHistory,
                Phase.Loading => StepKind.Load,
                _ => StepKind.RunTurn,
            };
            _ready.Add((step, activation));
        }
        foreach (var partition in _partitions)
        {
            if (partition.Committing is null)
            {
                if (partition.Open.Count > 0) _ready.Add((StepKind.BeginCommit, partition));
            }
            else if (partition.StalledUntil <= _world.Steps) _ready.Add((StepKind.EndCommit, partition));
            else held = true;
        }
        CollectDeliveries();
        CollectErasures();
        if (_ready.Count > 0 && _activations.Count > 0 && _world.Draws.Percent(2))
        {
            _ready.Add((StepKind.Evict, _activations[_world.Draws.Below(_activations.Count)]));
        }
        return held;
    }

    private void Arrive(Envelope envelope)
    {
        _underWay.Remove(envelope);
        if (IsErased(envelope.To))
        {
            Refuse(envelope);
            return;
        }
        var partition = PartitionOf(envelope.To);
        if (Waiting(partition) >= _world.Options.MailboxLimit)
        {
            if (_world.Trace is not null) _world.Note($"busy     {envelope}");
            envelope.Answer(new Reply.Busy(TimeSpan.FromMilliseconds(10)));
            return;
        }
        if (!_byKey.TryGetValue(envelope.To, out var activation))
        {
            activation = new Activation(envelope.To, partition);
            _byKey.Add(envelope.To, activation);
            _activations.Add(activation);
        }
        activation.Queue.Add(envelope);
    }

    private void Evict(Activation activation)
    {
        _partitions[activation.Partition].Evictions++;
        activation.Reset();
        if (!activation.IsIdle) return;
        _activations.Remove(activation);
        _byKey.Remove(activation.Key);
    }
}
