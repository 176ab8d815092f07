using System.Collections.Concurrent;
using DToC.Grains;
using DToC.Http.Delivery;
using DToC.Http.Delivery.Queues;
using DToC.Twin;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Tests.Delivery;

/// <summary>
/// What is decided reaches a receiver that misbehaves, at least once and under one id; whatever one does, the others go
/// on.
/// </summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private DeliveryRoom? _room;
    private HookReceiver? _receiver;

    private DeliveryRoom Room => _room ?? throw new InvalidOperationException("Not started.");

    private HookReceiver Receiver => _receiver ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _room = await DeliveryRoom.StartAsync();
        _receiver = await HookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Room.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    [Fact]
    public async Task Receiver_that_is_well_gets_what_is_decided_from_then_on_once()
    {
        await Room.DecideAsync("before");
        await Room.AddAsync("crm", Receiver.Url);
        var made = await DecideAsync(12);
        await Room.SoonAsync(() => Receiver.Taken.Count == made.Count && Room.StatusOf("crm").Queue == 0);
        AssertSame(made, Receiver.All.Select(hook => hook.Decision));
        var hook = Receiver.All.First();
        Assert.Equal("next-best-action", hook.Json["type"]!.GetValue<string>());
        Assert.StartsWith("eff_", hook.Id, StringComparison.Ordinal);
        Assert.DoesNotContain(hook.Customer, hook.Id, StringComparison.Ordinal);
        // Started again, it goes on behind them.
        await Room.RestartAsync();
        var later = await DecideAsync(1);
        await Room.SoonAsync(() => Receiver.All.Any(one => one.Decision == later[0]));
        Assert.Equal(made.Count + 1, Receiver.All.Count);
    }

    [Fact]
    public async Task Receiver_that_fails_gets_all_of_it_in_the_end_under_one_id()
    {
        var failures = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Receiver.Answer = (hook, _) => Task.FromResult(
            failures.AddOrUpdate(hook.Id, 1, (_, n) => n + 1) <= 3 ? 500 + hook.Id.Length % 5 : 200);
        await Room.AddAsync("crm", Receiver.Url);
        var made = await DecideAsync(20);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, Step, Day);
        await AssertAllTakenOnceAsync(made);
        Assert.All(failures.Values, attempts => Assert.Equal(4, attempts));
    }

    [Fact]
    public async Task Receiver_that_hangs_is_given_up_on_in_time_and_tried_again()
    {
        var hanging = 1;
        Receiver.Answer = async (_, http) =>
        {
            if (Volatile.Read(ref hanging) == 0) return 200;
            var gone = new TaskCompletionSource();
            await using var ending = http.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return 500;
        };
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { TimeoutSeconds = 10 });
        var made = await DecideAsync(20);
        await Room.UntilAsync(() => Room.StatusOf("crm").Retrying > 4, Step, Day);
        Assert.Equal(BreakerState.Open, await BreakerAsync("crm"));
        Volatile.Write(ref hanging, 0);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, Step, Day);
        await AssertAllTakenOnceAsync(made);
    }

    [Fact]
    public async Task Receiver_that_asks_for_less_is_left_alone_for_as_long_as_it_asks()
    {
        var asked = new ConcurrentQueue<DateTimeOffset>();
        var busy = 1;
        Receiver.Answer = (_, http) =>
        {
            if (Interlocked.Exchange(ref busy, 0) == 0) return Task.FromResult(200);
            asked.Enqueue(Room.Time.GetUtcNow());
            http.Response.Headers.RetryAfter = "900";
            return Task.FromResult(429);
        };
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { InFlight = 1 });
        var made = await DecideAsync(5);
        await Room.SoonAsync(() => asked.Count == 1 && Room.StatusOf("crm").InFlight == 0);
        Room.Time.Advance(TimeSpan.FromSeconds(800));
        await Task.Delay(200); // that nothing comes can be seen in real time alone
        Assert.Single(Receiver.All);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, Step, Day);
        Assert.True(Room.Time.GetUtcNow() - asked.First() >= TimeSpan.FromSeconds(900));
        await AssertAllTakenOnceAsync(made);
        Assert.Equal(BreakerState.Closed, Room.StatusOf("crm").Breaker);
    }

    [Fact]
    public async Task Receiver_that_redirects_is_not_followed()
    {
        var away = 1;
        Receiver.Answer = (_, http) =>
        {
            if (Volatile.Read(ref away) == 0) return Task.FromResult(200);
            http.Response.Headers.Location = $"{Receiver.Root}/elsewhere";
            return Task.FromResult(StatusCodes.Status307TemporaryRedirect);
        };
        await Room.AddAsync("crm", Receiver.Url);
        var made = await DecideAsync(3);
        await Room.UntilAsync(() => Receiver.All.Count >= 6, Step, Day);
        Volatile.Write(ref away, 0);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, Step, Day);
        await AssertAllTakenOnceAsync(made);
        Assert.Equal(0, Receiver.Elsewhere);
    }

    [Fact]
    public async Task Receiver_that_is_absent_for_an_hour_gets_all_of_it_and_a_restart_between_loses_nothing()
    {
        var (port, url) = (Receiver.Port, Receiver.Url);
        await Receiver.DisposeAsync();
        await Room.AddAsync("crm", url);
        var made = await DecideAsync(30);
        var since = Room.Time.GetUtcNow();
        await Room.UntilAsync(() => Room.Time.GetUtcNow() > since.AddMinutes(30), TimeSpan.FromSeconds(10), Day);
        await Room.RestartAsync();
        await Room.UntilAsync(() => Room.Time.GetUtcNow() > since.AddMinutes(60), TimeSpan.FromSeconds(10), Day);
        Assert.True(Room.StatusOf("crm").OldestSeconds(Instant.From(Room.Time.GetUtcNow())) >= 3_600);
        _receiver = await HookReceiver.StartAsync(port);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, TimeSpan.FromSeconds(10), Day);
        await AssertAllTakenOnceAsync(made);
    }

    [Fact]
    public async Task Receiver_that_is_gone_for_good_is_stopped_and_what_waits_goes_on_waiting()
    {
        Receiver.Answer = (_, _) => Task.FromResult(410);
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { InFlight = 1 });
        var made = await DecideAsync(4);
        await Room.SoonAsync(() => !Room.StatusOf("crm").IsRunning);
        Assert.Contains("status-410", Room.StatusOf("crm").Problem, StringComparison.Ordinal);
        var attempts = Receiver.All.Count;
        Room.Time.Advance(Day);
        await Task.Delay(200); // that nothing comes can be seen in real time alone
        Assert.Equal(attempts, Receiver.All.Count);

        Receiver.Answer = (_, _) => Task.FromResult(200);
        var before = await Room.Desk.FindAsync("crm", default);
        var wanted = new DestinationRequest { Kind = DestinationKind.Webhook, Url = Receiver.Url };
        var (problem, _) = await Room.Desk.PutAsync("crm", wanted, before, default);
        Assert.Null(problem);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Count, Step, Day);
        await AssertAllTakenOnceAsync(made);
    }

    [Fact]
    public async Task Address_within_the_house_is_not_connected_to()
    {
        await Room.AddAsync("inside", "http://127.0.0.1:1/");
        await Room.AddAsync("outside", Receiver.Url.Replace("127.0.0.1", "[::1]", StringComparison.Ordinal), wanted =>
            wanted with { Retry = new RetryForm(Attempts: 1) });
        await DecideAsync(1);
        await Room.UntilAsync(() => Room.StatusOf("outside").Dead == 1, Step, Day);
        var rows = await Room.Host.ReadRowsAsync(DeliveriesGrain.KeyOf("outside"), "d", 10, default);
        Assert.Equal(DeliveryReasons.AddressNotAllowed, KeptDelivery.FromBytes(Assert.Single(rows).Value).Reason);
        Assert.Empty(Receiver.All);
    }

    [Fact]
    public async Task Customers_messages_stay_in_order_whatever_fails()
    {
        var random = new Random(7);
        Receiver.Answer = (_, _) => Task.FromResult(Next() < 0.4 ? 503 : 200);
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { InOrder = true });
        var made = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            var customer = $"ordered-{i % 6}";
            if (await Room.DecideForAsync(customer) is not { } decision) continue;
            if (!made.TryGetValue(customer, out var list)) made.Add(customer, list = []);
            list.Add(decision);
        }
        Assert.True(made.Count > 2);
        await Room.UntilAsync(() => Receiver.Taken.Count >= made.Values.Sum(list => list.Count), Step, Day);
        foreach (var (customer, decisions) in made)
        {
            var taken = Receiver.Taken.Where(hook => hook.Customer == customer).Select(hook => hook.Decision);
            Assert.Equal(decisions, taken.Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        }

        double Next()
        {
            lock (random) return random.NextDouble();
        }
    }

    [Fact]
    public async Task Destination_that_hangs_holds_up_no_other()
    {
        var never = new TaskCompletionSource();
        Receiver.Answer = async (_, _) =>
        {
            await never.Task;
            return 200;
        };
        await using var other = await HookReceiver.StartAsync();
        await Room.AddAsync("hung", Receiver.Url, wanted => wanted with { TimeoutSeconds = 60, InFlight = 64 });
        await Room.AddAsync("well", other.Url);
        var begun = Room.Time.GetUtcNow();
        // More than a queue reads ahead: the hung one has long been full.
        for (var i = 0; i < 400; i++) await Room.DecideForAsync($"busy-{i % 40}");
        await Room.SoonAsync(() => Room.StatusOf("well") is { Queue: 0, InFlight: 0, Taken: > 300 });
        Assert.Equal(0, Room.StatusOf("hung").Taken);
        Assert.Equal(64, Room.StatusOf("hung").InFlight);
        // Not one attempt had to end for it.
        Assert.True(Room.Time.GetUtcNow() - begun < TimeSpan.FromSeconds(60));
        never.SetResult();
        await Room.UntilAsync(() => Room.StatusOf("hung").Taken == Room.StatusOf("well").Taken, Step, Day);
    }

    [Fact]
    public async Task Filters_choose_by_offer_and_channel()
    {
        await Room.AddAsync("web", Receiver.Url, wanted =>
            wanted with { Channels = ["web"], Offers = ["bestsellers"] });
        await using var other = await HookReceiver.StartAsync();
        await Room.AddAsync("push", other.Url, wanted => wanted with { Channels = ["push"] });
        var made = await DecideAsync(5);
        await Room.SoonAsync(() => Receiver.Taken.Count == made.Count && Room.StatusOf("push").Queue == 0);
        Assert.All(Receiver.Taken, hook => Assert.Equal("web", hook.Json["data"]!["channel"]!.GetValue<string>()));
        Assert.Empty(other.All);
    }

    [Fact]
    public async Task Rate_is_kept()
    {
        await Room.AddAsync("slow", Receiver.Url, wanted => wanted with { RatePerSecond = 2, InFlight = 16 });
        await DecideAsync(12);
        var begun = Room.Time.GetUtcNow();
        await Room.UntilAsync(() => Receiver.Taken.Count >= 12, TimeSpan.FromMilliseconds(500), Day);
        // A second's worth at once, the others two a second.
        Assert.True(Room.Time.GetUtcNow() - begun >= TimeSpan.FromSeconds(4.9));
    }

    [Fact]
    public async Task Last_attempt_makes_a_dead_letter_that_can_be_replayed()
    {
        Receiver.Answer = (_, _) => Task.FromResult(500);
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with
        {
            Retry = new RetryForm(Attempts: 3, FirstDelaySeconds: 1, MaxDelaySeconds: 5),
        });
        var made = await DecideAsync(2);
        await Room.UntilAsync(() => Room.StatusOf("crm").Dead == 2, Step, Day);
        Assert.Equal((6, 0), (Receiver.All.Count, Room.StatusOf("crm").Queue));
        Receiver.Answer = (_, _) => Task.FromResult(200);
        var all = new DeadLetters(null, null);
        var (_, none) = await Room.Desk.ForDeadAsync(
            "crm", new DeliveriesMessage.Replay(all with { Reason = "timed-out" }), default);
        var (_, both) = await Room.Desk.ForDeadAsync(
            "crm", new DeliveriesMessage.Replay(all with { Reason = "status-500" }), default);
        Assert.Equal((0, 2), (none?.Count, both?.Count));
        await Room.SoonAsync(() => Receiver.Taken.Count >= 2);
        await AssertAllTakenOnceAsync(made);
        Assert.Equal(2, Ids(Receiver.All).Count);
    }

    private async Task<List<string>> DecideAsync(int count)
    {
        var made = new List<string>(count);
        for (var i = 0; i < count; i++) made.Add((await Room.DecideAsync($"c{i}")).Decision);
        return made;
    }

    private async Task<BreakerState> BreakerAsync(string name)
    {
        await Room.SoonAsync(() => Room.StatusOf(name).Breaker != BreakerState.Closed);
        return Room.StatusOf(name).Breaker;
    }

    /// <summary>Each decision was taken, under one id however often it was sent; nothing waits any more.</summary>
    private async Task AssertAllTakenOnceAsync(List<string> made)
    {
        await Room.UntilAsync(() => Room.StatusOf("crm") is { Queue: 0, InFlight: 0 }, Step, Day);
        AssertSame(made, Receiver.Taken.Select(hook => hook.Decision).Distinct(StringComparer.Ordinal));
        Assert.All(
            Receiver.All.GroupBy(hook => hook.Decision, StringComparer.Ordinal), sent => Assert.Single(Ids(sent)));
        Assert.Equal(made.Count, Ids(Receiver.Taken).Count);
    }

    private static HashSet<string> Ids(IEnumerable<Hook> hooks) =>
        hooks.Select(hook => hook.Id).ToHashSet(StringComparer.Ordinal);

    private static void AssertSame(IEnumerable<string> some, IEnumerable<string> others) =>
        Assert.Equal(some.Order(StringComparer.Ordinal), others.Order(StringComparer.Ordinal), StringComparer.Ordinal);
}
