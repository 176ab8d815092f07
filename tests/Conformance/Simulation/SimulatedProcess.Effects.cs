using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>What happens after a commit, and what a start finds left to do.</summary>
internal sealed partial class SimulatedProcess
{
    private readonly SortedDictionary<GrainKey, Queue<OutboxEffect>> _outbox = [];
    private readonly SortedDictionary<string, WakeEntry> _wakes = new(StringComparer.Ordinal);
    private string? _refoldAfter;
    private bool _refolding;

    public long PendingEffects(int partition) =>
        _outbox.Where(o => PartitionOf(o.Key) == partition).Sum(o => o.Value.Count);

    /// <summary>The earliest wake-up, or null.</summary>
    public Instant? NextWakeUp => _wakes.Count == 0 ? null : _wakes.Values.Min(w => w.At);

    public int WakesWaiting => _wakes.Count;

    private void Recover()
    {
        _world.Disk.Recover(trusting: _world.Options.Sabotage == Sabotage.TrustsTornWrites);
        switch (_world.Pass(Stage.Recovery))
        {
            case Fault.ReadFails: throw new CrashedException("the image cannot be read");
            case Fault.ClockBack: _world.Clock = _world.Clock.PlusMs(-5_000); break;
        }
        var disk = _world.Disk;
        if (disk.Read(StoredForms.CurrentPlan) is null) Format();
        var plans = disk.Scan(StoredForms.Plans).Select(p => _world.Options.ReadPlan(p.Value)).ToList();
        var current = new StoredReader(disk.Read(StoredForms.CurrentPlan)).Hash();
        _plans = new Twin.Plan.PlanCatalog(plans.Single(p => p.Hash == current), plans);
        if (disk.Read(StoredForms.RefoldAfter) is { } after) _refoldAfter = new StoredReader(after).Text();
        foreach (var partition in _partitions) LoadLeases(partition);
        foreach (var (name, bytes) in disk.Scan(StoredForms.Wakes))
        {
            var key = StoredForms.Key(name[StoredForms.Wakes.Length..name.IndexOf('\n')]);
            var at = new Instant(StoredForms.ReadNumber(bytes));
            _wakes[name] = new WakeEntry(key, StoredForms.Tail(name), at);
        }
        RecoverErasures();
        if (_world.Options.Sabotage == Sabotage.SkipsRedelivery) return;
        foreach (var (name, bytes) in disk.Scan(StoredForms.Outbox))
        {
            var sender = StoredForms.Key(name[StoredForms.Outbox.Length..name.IndexOf('\n')]);
            var (to, message) = StoredForms.ReadSend(bytes);
            var id = new EffectId(sender, StoredForms.Number(StoredForms.Tail(name)));
            Enqueue(new OutboxEffect(id, to, Grain(to).DecodeMessage(message)));
        }
    }

    private void Format()
    {
        var plan = _world.Options.Plan;
        var changes = new List<KeyValuePair<string, byte[]?>>
        {
            new(StoredForms.Plan(plan.Hash), plan.Source.Bytes.ToArray()),
            new(StoredForms.CurrentPlan, StoredForms.Bytes(w => w.Hash(plan.Hash))),
        };
        foreach (var (resource, amount) in _world.Options.Leases)
        {
            foreach (var partition in _partitions)
            {
                var (share, rest) = Math.DivRem(amount, _partitions.Length);
                if (partition.Number < rest) share++;
                changes.Add(new(StoredForms.Lease(partition.Number, resource), StoredForms.Number(share)));
            }
        }
        _world.Disk.Commit(changes);
    }

    private void LoadLeases(SimulatedPartition partition)
    {
        var prefix = StoredForms.Lease(partition.Number, "");
        foreach (var (name, bytes) in _world.Disk.Scan(prefix))
        {
            partition.Leases[name[prefix.Length..]] = StoredForms.ReadNumber(bytes);
        }
    }

    private void CollectDeliveries()
    {
        foreach (var queue in _outbox.Values)
        {
            if (!queue.TryPeek(out var head)) continue;
            if (head.Delivered) _ready.Add((StepKind.Remove, head));
            else if (!head.InFlight) _ready.Add((StepKind.Deliver, head));
        }
        foreach (var wake in _wakes.Values)
        {
            if (!wake.InFlight && wake.At <= _world.Clock) _ready.Add((StepKind.WakeUp, wake));
        }
        if (_refoldAfter is not null && !_refolding) _ready.Add((StepKind.Refold, _refoldAfter));
    }

    private void Enqueue(GrainKey key, IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            var id = new EffectId(key, effect.Sequence);
            if (effect is not Effect.Send send || Drops(id)) continue;
            Enqueue(new OutboxEffect(id, send.To, send.Message));
        }
    }

    /// <summary>
    /// Before any reply: the answer to a wake-up removes it unless its turn has asked again.
    /// </summary>
    private void ApplyWakeUps(List<TurnRecord> batch)
    {
        foreach (var record in batch)
        {
            foreach (var wake in record.Outcome?.Effects.OfType<Effect.WakeUp>() ?? [])
            {
                var name = StoredForms.Wake(record.Key, wake.Name);
                if (wake.At.IsNever) _wakes.Remove(name);
                else _wakes[name] = new WakeEntry(record.Key, wake.Name, wake.At);
            }
        }
    }

    private void Enqueue(OutboxEffect effect)
    {
        if (!_outbox.TryGetValue(effect.Id.Sender, out var queue)) _outbox[effect.Id.Sender] = queue = [];
        queue.Enqueue(effect);
    }

    private void Deliver(OutboxEffect effect)
    {
        var fault = _world.Pass(Stage.Delivery);
        if (_world.Trace is not null) _world.Note($"deliver  {effect.Id}: {effect.Message}");
        effect.InFlight = true;
        var envelope = new Envelope(effect.To, effect.Message, $"effect {effect.Id}", reply =>
        {
            effect.Delivered = !IsRefusal(reply);
            effect.InFlight = effect.Delivered;
        })
        {
            Sender = effect.Id.Sender,
        };
        if (fault == Fault.Overtaken) envelope.HeldUntil = _world.Steps + 100;
        if (fault == Fault.Duplicate) PostCopy(effect.To, effect.Message, envelope.Source, effect.Id.Sender);
        Post(envelope);
    }

    private void PostCopy(GrainKey to, GrainMessage message, string source, GrainKey? sender = null) =>
        Post(new Envelope(to, message, $"copy of {source}", _ => { })
        {
            Sender = sender,
            HeldUntil = _world.Steps + _world.Draws.Below(60),
        });

    private void Remove(OutboxEffect effect)
    {
        var fault = _world.Pass(Stage.BeforeRemoval);
        if (fault == Fault.Duplicate) PostCopy(effect.To, effect.Message, $"effect {effect.Id}", effect.Id.Sender);
        var sender = effect.Id.Sender;
        if (!_outbox.ContainsKey(sender)) return; // went with its sender
        var name = StoredForms.OutboxOf(sender, effect.Id.Sequence);
        if (!_world.Write(fault, Stage.BeforeRemoval, [new(name, null)]))
        {
            effect.Delivered = effect.InFlight = false;
            return;
        }
        _outbox[sender].Dequeue();
        if (_outbox[sender].Count == 0) _outbox.Remove(sender);
    }

    private void WakeUp(WakeEntry wake)
    {
        var message = new GrainMessage.WokenUp(wake.Name, wake.At);
        if (_world.Pass(Stage.WakeUpDue) == Fault.Duplicate)
        {
            Post(new Envelope(wake.Key, message, "wake-up again", _ => { }));
        }
        wake.InFlight = true;
        Post(new Envelope(wake.Key, message, "wake-up", reply =>
        {
            wake.InFlight = false;
            var name = StoredForms.Wake(wake.Key, wake.Name);
            if (IsRefusal(reply) || !ReferenceEquals(_wakes.GetValueOrDefault(name), wake)) return;
            if (!_world.Write(_world.Pass(Stage.WakeUpRemoval), Stage.WakeUpRemoval, [new(name, null)])) return;
            _wakes.Remove(name);
        }));
    }

    private void Refold(string after)
    {
        var next = _world.Disk.Scan("s/", after.Length == 0 ? null : after + '\0').FirstOrDefault().Key;
        if (next is null)
        {
            var done = new KeyValuePair<string, byte[]?>(StoredForms.RefoldAfter, null);
            if (_world.Write(_world.Pass(Stage.Refolding), Stage.Refolding, [done])) _refoldAfter = null;
            return;
        }
        _refolding = true;
        Post(new Envelope(StoredForms.Key(next[2..]), new GrainMessage.Refold(), "refold", reply =>
        {
            if (!_refolding || _refoldAfter != after) return; // another definition came meanwhile
            _refolding = false;
            if (IsRefusal(reply)) return;
            var place = StoredForms.Bytes(w => w.Text(next));
            var fault = _world.Pass(Stage.Refolding);
            if (!_world.Write(fault, Stage.Refolding, [new(StoredForms.RefoldAfter, place)])) return;
            _refoldAfter = next;
        }));
    }

    /// <summary>
    /// Nothing happened and another try may help. What failed is set aside, not tried for ever.
    /// </summary>
    private static bool IsRefusal(Reply? reply) => reply is null or Reply.Busy or Reply.Unavailable;
}
