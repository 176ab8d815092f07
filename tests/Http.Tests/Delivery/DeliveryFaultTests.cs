using System.Globalization;
using DToC.Grains;
using DToC.Http.Delivery;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Tests.Delivery;

/// <summary>Faults at a bad moment: a busy host, a caller who leaves, a receiver that asks for years.</summary>
public sealed class DeliveryFaultTests : IAsyncLifetime
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

    [Theory]
    [InlineData(true, 900L, 900)]
    [InlineData(true, 250_000_000_000L, 21_600)]
    [InlineData(false, 2_147_483_647L, 21_600)]
    [InlineData(true, -900_000_000L, 0)]
    public async Task Receiver_is_left_alone_for_as_long_as_it_asks_but_hours_at_most(
        bool isDate, long asked, int heldSeconds)
    {
        var busy = 1;
        Receiver.Answer = (_, http) =>
        {
            if (Interlocked.Exchange(ref busy, 0) == 0) return Task.FromResult(200);
            http.Response.Headers.RetryAfter = isDate
                ? Room.Time.GetUtcNow().AddSeconds(asked).ToString("R", CultureInfo.InvariantCulture)
                : asked.ToString(CultureInfo.InvariantCulture);
            return Task.FromResult(StatusCodes.Status503ServiceUnavailable);
        };
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { InFlight = 1 });
        await DecideAsync();
        await DecideAsync();
        await Room.SoonAsync(() => Receiver.All.Count > 0);
        var since = Room.Time.GetUtcNow();
        await Room.UntilAsync(
            () => Receiver.Taken.Count >= 2, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(heldSeconds + 600));
        // The date has whole seconds, and the clock has gone a little way while commits were waited for.
        Assert.True(Room.Time.GetUtcNow() - since >= TimeSpan.FromSeconds(heldSeconds - 30));
        Assert.Equal(3, Receiver.All.Count);
    }

    [Fact]
    public async Task Failed_delivery_that_could_not_be_kept_before_a_change_comes_again()
    {
        var (failing, slow) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (isBusy, refused) = (1, 0);
        Room.Host.Intercept = (_, message) =>
        {
            if (message is not DeliveriesMessage.Settle { Keep.Count: > 0 } || Volatile.Read(ref isBusy) == 0)
                return Task.FromResult<Reply?>(null);
            Interlocked.Increment(ref refused);
            return Task.FromResult<Reply?>(new Reply.Busy(TimeSpan.FromSeconds(1)));
        };
        var first = "";
        Receiver.Answer = async (hook, _) =>
        {
            await (hook.Decision == first ? failing : slow).Task;
            return hook.Decision == first ? 500 : 200;
        };
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { InFlight = 2 });
        first = await DecideAsync();
        await Room.SoonAsync(() => Receiver.All.Count == 1);
        var second = await DecideAsync();
        await Room.SoonAsync(() => Receiver.All.Count == 2);
        failing.SetResult();
        await Room.SoonAsync(() => Volatile.Read(ref refused) > 0);

        var changing = ChangeAsync(default);
        slow.SetResult();
        await Room.SoonAsync(() => changing.IsCompleted);
        await changing;
        Volatile.Write(ref isBusy, 0);
        Receiver.Answer = (_, _) => Task.FromResult(200);
        await Room.UntilAsync(() => Receiver.Taken.Any(hook => hook.Decision == first), Step, Day);
        Assert.Contains(Receiver.Taken, hook => hook.Decision == second);
    }

    [Fact]
    public async Task Queue_goes_by_what_was_set_though_whoever_set_it_has_left()
    {
        await Room.AddAsync("crm", "http://127.0.0.1:1/", wanted => wanted with { Enabled = false });
        var made = await DecideAsync();
        using var leaving = new CancellationTokenSource();
        Room.Host.Intercept = async (key, message) =>
        {
            if (message is not ConnectorsMessage.Put) return null;
            Room.Host.Intercept = null;
            var reply = await Room.Host.SendAsync(key, message, default);
            await leaving.CancelAsync();
            return reply;
        };
        await ChangeAsync(leaving.Token);
        await Room.SoonAsync(() => Receiver.Taken.Any(hook => hook.Decision == made));
    }

    [Fact]
    public async Task Destination_that_cannot_be_read_as_it_stops_ends_nothing_and_is_read_later()
    {
        Receiver.Answer = (_, _) => Task.FromResult(StatusCodes.Status410Gone);
        await Room.AddAsync("crm", Receiver.Url);
        var failures = 0;
        Room.Host.BeforeRow = key =>
        {
            if (key == ConnectorsGrain.Key && Interlocked.Increment(ref failures) == 1) throw new UnreadableException();
        };
        await DecideAsync();
        await Room.UntilAsync(() => !Room.StatusOf("crm").IsRunning, Step, Day);
        Assert.True(failures > 1);
        Assert.False(Room.Engine.ExecuteTask?.IsCompleted);
    }

    [Fact]
    public async Task Change_before_anything_was_taken_passes_nothing_over()
    {
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with { Enabled = false });
        var made = await DecideAsync();
        await ChangeAsync(default);
        await Room.SoonAsync(() => Receiver.Taken.Any(hook => hook.Decision == made));
    }

    [Fact]
    public async Task Rows_of_one_that_had_the_name_before_do_not_go_to_another()
    {
        Receiver.Answer = (_, _) => Task.FromResult(StatusCodes.Status500InternalServerError);
        await Room.AddAsync("crm", Receiver.Url);
        await DecideAsync();
        await Room.SoonAsync(() => Room.StatusOf("crm").Retrying == 1);
        // A crash between the two halves of a removal leaves its rows.
        await Room.SendAsync(ConnectorsGrain.Key, new ConnectorsMessage.Remove(ConnectorRole.Destination, "crm"));
        await Room.RestartAsync();
        await using var other = await HookReceiver.StartAsync();
        await Room.AddAsync("crm", other.Url);
        Assert.Empty(await Room.Host.ReadRowsAsync(DeliveriesGrain.KeyOf("crm"), "", 10, default));
        var made = await DecideAsync();
        await Room.SoonAsync(() => Room.StatusOf("crm") is { Taken: 1, Queue: 0 });
        Assert.Equal(made, Assert.Single(other.All).Decision);
    }

    private async Task<string> DecideAsync() => (await Room.DecideAsync($"c{Guid.NewGuid():N}")).Decision;

    private async Task ChangeAsync(CancellationToken cancellation)
    {
        var before = await Room.Desk.FindAsync("crm", default);
        var wanted = new DestinationRequest { Kind = DestinationKind.Webhook, Url = Receiver.Url };
        var (problem, _) = await Room.Desk.PutAsync("crm", wanted, before, cancellation);
        Assert.Null(problem);
    }

    /// <summary>A disk that does not answer for once.</summary>
    private sealed class UnreadableException() : HostStoreException("The disk did not answer.")
    {
        public override bool Damaged => false;

        public override string Reason => "the disk failed";
    }
}
