using System.Collections.Concurrent;
using System.Threading.Channels;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Http.Delivery.Queues;

/// <summary>
/// One run of a destination's queue, from what is kept of it. A single loop owns all of it; attempts run beside it and
/// ring its bell. What was read and failed is kept in the same commit that moves the place to resume from, so a crash
/// at any moment loses nothing; what was under way is sent again under the same id.
/// </summary>
internal sealed class PumpRun(Destination destination, PumpParts parts, IDeliverer deliverer, DeliveryCounters counters)
{
    private const int ReadAhead = 16;
    private const int ChangesAtOnce = 64;
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Breaker _breaker = new(parts.Time);
    private readonly PumpSource _source = new(destination, parts, counters);
    private readonly DeliveryLedger _ledger = new(destination.Name, parts);
    private readonly AttemptRun _attempts = new(destination, parts, deliverer, counters);
    private readonly WaitingIndex _waiting = new(destination.Settings.InOrder);
    private readonly FreshWindow _window = new();
    private readonly ConcurrentQueue<Attempt> _ended = new();
    private readonly Channel<FreshDelivery> _fresh = Channel.CreateBounded<FreshDelivery>(ReadAhead);
    private readonly Channel<bool> _bell =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<(FreshDelivery Fresh, KeptDelivery Kept)> _keep = [];
    private readonly List<TriedDelivery> _tried = [];
    private readonly List<long> _done = [];
    private DestinationStatus _status = new(destination.Name, destination.Settings.Kind ?? DestinationKind.Webhook)
    {
        IsRunning = true,
        MaxDead = DeliveriesGrain.MaxDead,
    };

    private Instant _pausedUntil = Instant.Never;
    private Instant _keepAt = Instant.Never;
    private Instant _steppedAt = Instant.Never;
    private int _settled;
    private int _inFlight;
    private int _freshInFlight;
    private bool _isKeeping;
    private string? _gone;

    /// <summary>Its figures.</summary>
    public DestinationStatus Status => counters.In(Volatile.Read(ref _status));

    private Instant Now => Instant.From(parts.Time.GetUtcNow());

    /// <summary>Reads what is kept and begins to listen; from then on nothing that is published is missed.</summary>
    /// <param name="isNew">Whether it was only just made, so that nothing that was published waits for it.</param>
    /// <param name="cancellation">Ends the run too.</param>
    /// <returns>The run.</returns>
    public async Task<Task> StartAsync(bool isNew, CancellationToken cancellation)
    {
        var places = await _ledger.LoadAsync(_waiting, cancellation);
        var reading = _source.Start(places, _ledger.Known, isNew, _fresh.Writer, Ring, cancellation);
        _ = RingAfterAsync(reading);
        return RunAsync(reading, cancellation);
    }

    private async Task RunAsync(Task reading, CancellationToken cancellation)
    {
        using var sending = new CancellationTokenSource();
        await using var alarm = parts.Time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        try
        {
            while (_gone is null)
            {
                await StepAsync(sending.Token, cancellation);
                SetAlarm(alarm);
                await _bell.Reader.ReadAsync(cancellation);
                if (reading.IsCompleted) await reading;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await EndAsync(sending);
            throw;
        }
        catch
        {
            await sending.CancelAsync();
            throw;
        }
        await EndAsync(sending);
        var stop = new ConnectorsMessage.Stop(ConnectorRole.Destination, destination.Name, _gone);
        await parts.Table.SendAsync(stop, CancellationToken.None);
    }

    private async ValueTask StepAsync(CancellationToken sending, CancellationToken cancellation)
    {
        _steppedAt = Now;
        while (_ended.TryDequeue(out var attempt)) Take(attempt);
        while (!_window.IsFull && _fresh.Reader.TryRead(out var fresh)) Add(fresh);
        await KeepAsync(isEnd: false, cancellation);
        while (_gone is null && Next() is { } next)
        {
            _inFlight++;
            if (next.Fresh is not null) _freshInFlight++;
            _ = SendAsync(next, sending);
        }
        // What came free in this step, or is to be kept since, does not wait for somebody else's bell.
        if (_keep.Count + _tried.Count > 0 || (!_window.IsFull && _fresh.Reader.Count > 0)) Ring();
        ShowStatus();
    }

    /// <summary>What is under way may end, for a short while; then all that is known is kept.</summary>
    private async Task EndAsync(CancellationTokenSource sending)
    {
        sending.CancelAfter(Grace);
        while (_inFlight > 0)
        {
            await _bell.Reader.ReadAsync(CancellationToken.None);
            while (_ended.TryDequeue(out var attempt)) Take(attempt);
        }
        using var patience = new CancellationTokenSource(Grace);
        try
        {
            await KeepAsync(isEnd: true, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The host takes nothing: what was sent will be sent again.
        }
    }

    private void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>The loop learns that the reading has ended once it has.</summary>
    private async Task RingAfterAsync(Task reading)
    {
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ring();
    }

    private void Add(FreshDelivery fresh)
    {
        _window.Add(fresh);
        if (fresh.IsSettled) Settled();
    }

    private async Task SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        // Beside the loop from the first step on: reading a row or a twin is not the loop's to wait for.
        await Task.Yield();
        _ended.Enqueue(await _attempts.RunAsync(attempt, _breaker, cancellation));
        Ring();
    }

    /// <summary>The next one to try, if one may go now.</summary>
    private Attempt? Next()
    {
        var now = Now;
        if (now < _pausedUntil || _inFlight >= _breaker.Room(now, destination.Settings.InFlight)) return null;
        if (_waiting.Take(now) is { } waiting) return new Attempt(null, waiting);
        // One that fails must find a place to wait.
        while (_waiting.Count + _keep.Count + _freshInFlight < DeliveriesGrain.MaxWaiting
            && _window.Next(destination.Settings.InOrder) is { } fresh)
        {
            fresh.IsBusy = true;
            if (!_waiting.HasLane(fresh.Lane)) return new Attempt(fresh, null);
            Keep(fresh, attempts: 0, now, reason: "");
        }
        return null;
    }

    private void Take(Attempt attempt)
    {
        _inFlight--;
        if (attempt.Fresh is not null) _freshInFlight--;
        var now = Now;
        if (!attempt.WasMade)
        {
            if (attempt.HostFailed) Pause(now, AfterFault);
            if (attempt.Fresh is { } fresh) fresh.IsBusy = false;
            else if (attempt.Waiting is { } waiting) _waiting.PutBack(waiting.Number, waiting.Attempts, waiting.At);
            return;
        }
        switch (attempt.Answer)
        {
            case null or DeliveryAnswer.Taken:
                Done(attempt);
                break;
            case DeliveryAnswer.NotTaken notTaken:
                var asked = notTaken.RetryAfter;
                if (asked > DestinationCheck.LongestPause) asked = DestinationCheck.LongestPause;
                if (asked is { } pause) Pause(now, pause);
                Later(attempt, now, notTaken.Reason, asked);
                break;
            case DeliveryAnswer.Gone gone:
                Later(attempt, now, gone.Reason, retryAfter: null);
                _gone = gone.Reason;
                break;
        }
    }

    private void Done(Attempt attempt)
    {
        if (attempt.Fresh is { } fresh) _window.Settle(fresh);
        else if (attempt.Waiting is { Number: var number })
        {
            _waiting.Remove(number);
            _done.Add(number);
        }
        Settled();
    }

    private void Later(Attempt attempt, Instant now, string reason, TimeSpan? retryAfter)
    {
        var attempts = (attempt.Waiting?.Attempts ?? 0) + 1;
        var delay = destination.Retry.ToSchedule().After(attempts, parts.Draw());
        if (retryAfter is { } asked && asked > delay) delay = asked;
        var at = now.PlusMs((long)delay.TotalMilliseconds);
        if (attempt.Fresh is { } fresh) Keep(fresh, attempts, at, reason);
        else if (attempt.Waiting is { } waiting) Tried(waiting with { Attempts = attempts, At = at }, reason);
    }

    private void Keep(FreshDelivery fresh, int attempts, Instant at, string reason) =>
        _keep.Add((fresh, new KeptDelivery(
            fresh.Published.Id, fresh.Topic, fresh.Published.Payload, fresh.Since, attempts, at, reason)));

    /// <summary>Waits again, or is given up after its last attempt; where dead letters are full nothing is.</summary>
    private void Tried(WaitingIndex.Waiting waiting, string reason)
    {
        var isDead = waiting.Attempts >= destination.Retry.Attempts && _ledger.HasRoomForDead(_tried);
        _tried.Add(new TriedDelivery(waiting.Number, waiting.Attempts, waiting.At, reason, isDead));
        if (isDead) _waiting.Remove(waiting.Number);
        else _waiting.PutBack(waiting.Number, waiting.Attempts, waiting.At);
    }

    private void Pause(Instant now, TimeSpan pause) =>
        _pausedUntil = Instant.Max(_pausedUntil, now.PlusMs((long)Math.Max(0, pause.TotalMilliseconds)));

    private void Settled()
    {
        if (_settled++ == 0) _keepAt = Now.PlusMs((long)KeepEvery.TotalMilliseconds);
    }

    /// <summary>Keeps what is known: what failed at once, what went well with others or after a moment.</summary>
    private async ValueTask KeepAsync(bool isEnd, CancellationToken cancellation)
    {
        // What was not committed is behind no place: later places would pass it over.
        if (_isKeeping) return;
        var isUrgent = _keep.Count + _tried.Count > 0;
        if (!isUrgent && (_settled == 0 || (!isEnd && _settled < ChangesAtOnce && Now < _keepAt))) return;
        var keep = _keep.ToArray();
        foreach (var (fresh, _) in keep) _window.Settle(fresh);
        var settle = new DeliveriesMessage.Settle
        {
            Places = [.. _window.Advance().Select(place => new TopicPlace(place.Key, place.Value))],
            Keep = [.. keep.Select(one => one.Kept)],
            Tried = [.. _tried],
            Done = [.. _done],
        };
        _keep.Clear();
        _tried.Clear();
        _done.Clear();
        _settled = 0;
        if (settle.Places.Count + settle.Keep.Count + settle.Tried.Count + settle.Done.Count == 0) return;
        _isKeeping = true;
        var numbers = await _ledger.SettleAsync(settle, cancellation);
        _isKeeping = false;
        for (var i = 0; i < keep.Length; i++)
        {
            var kept = keep[i].Kept;
            var waiting = new WaitingIndex.Waiting(numbers[i], keep[i].Fresh.Lane, kept.Attempts, kept.At, kept.Since);
            _waiting.Add(waiting);
            // Of one that is tried once the first attempt was the last.
            if (kept.Attempts >= destination.Retry.Attempts) Tried(waiting, kept.Reason);
        }
        await _ledger.RemoveErasedAsync(keep.Select(one => one.Kept).ToArray(), numbers, _waiting, cancellation);
    }

    private void SetAlarm(ITimer alarm)
    {
        var now = Now;
        var next = now.PlusMs((long)Idle.TotalMilliseconds);
        // What came due since the step began was not seen by it, and rings at once.
        void Soonest(Instant at)
        {
            if (at > _steppedAt && at < next) next = at;
        }
        if (_settled > 0) Soonest(_keepAt);
        Soonest(_pausedUntil);
        Soonest(_breaker.OpenUntil);
        if (_waiting.NextAt is { } due) Soonest(due);
        alarm.Change(TimeSpan.FromMilliseconds(Math.Max(1, next.UnixMs - now.UnixMs)), Timeout.InfiniteTimeSpan);
    }

    private void ShowStatus()
    {
        var oldest = (_waiting.Oldest, _window.Oldest) switch
        {
            ({ } waiting, { } fresh) => waiting < fresh ? waiting : fresh,
            var (waiting, fresh) => waiting ?? fresh,
        };
        Volatile.Write(ref _status, _status with
        {
            Breaker = _breaker.State,
            Queue = _waiting.Count + _window.Open,
            Retrying = _waiting.Count,
            InFlight = _inFlight,
            Dead = _ledger.Dead,
            Oldest = oldest,
            Problem = _ledger.Dead >= DeliveriesGrain.MaxDead
                ? "Dead letters are full: nothing is given up until some are replayed or discarded" : null,
        });
    }
}
