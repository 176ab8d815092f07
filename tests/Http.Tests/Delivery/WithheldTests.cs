using DToC.Grains;
using DToC.Http.Delivery;
using DToC.Twin.State;

namespace DToC.Http.Tests.Delivery;

/// <summary>What waits does not leave when its customer has said no, or was erased.</summary>
public sealed class WithheldTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private DeliveryRoom? _room;
    private HookReceiver? _receiver;
    private int _isDown = 1;

    private DeliveryRoom Room => _room ?? throw new InvalidOperationException("Not started.");

    private HookReceiver Receiver => _receiver ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _room = await DeliveryRoom.StartAsync();
        _receiver = await HookReceiver.StartAsync();
        Receiver.Answer = (_, _) => Task.FromResult(Volatile.Read(ref _isDown) == 1 ? 500 : 200);
        await Room.AddAsync("crm", Receiver.Url, wanted => wanted with
        {
            InFlight = 1,
            Retry = new RetryForm(Attempts: 60, FirstDelaySeconds: 30, MaxDelaySeconds: 60),
        });
    }

    public async Task DisposeAsync()
    {
        await Room.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_that_waits_does_not_leave_after_a_no(bool isRestarted)
    {
        var (said, stays) = await TwoThatWaitAsync();
        await Room.SayAsync(said.Customer, ConsentStatus.Withdrawn);
        if (isRestarted) await Room.RestartAsync();
        await AssertOnlyAsync(stays, said);
        Assert.Equal(1, Room.StatusOf("crm").Withheld);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_that_waits_does_not_leave_after_its_customer_is_erased(bool isRestarted)
    {
        var (erased, stays) = await TwoThatWaitAsync();
        await Room.EraseAsync(erased.Customer);
        var rows = await Room.Host.ReadRowsAsync(DeliveriesGrain.KeyOf("crm"), "", 100, default);
        Assert.Equal(stays.Customer, KeptDelivery.FromBytes(Assert.Single(rows).Value).Effect.Sender.Id);
        if (isRestarted) await Room.RestartAsync();
        await AssertOnlyAsync(stays, erased);
    }

    [Fact]
    public async Task Attempt_that_fails_while_its_customer_is_erased_leaves_nothing_behind()
    {
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Receiver.Answer = async (_, _) =>
        {
            held.TrySetResult();
            await release.Task;
            return 500;
        };
        var erased = await Room.DecideAsync("held");
        await Room.SoonAsync(() => held.Task.IsCompleted);
        await Room.EraseAsync(erased.Customer);
        release.SetResult();
        await Room.SoonAsync(() => Room.StatusOf("crm") is { Queue: 0, InFlight: 0, NotTaken: > 0 });
        Assert.Empty(await Room.Host.ReadRowsAsync(DeliveriesGrain.KeyOf("crm"), "", 100, default));
    }

    private async Task<((string Decision, string Customer) First, (string Decision, string Customer) Second)>
        TwoThatWaitAsync()
    {
        var first = await Room.DecideOnOrderAsync("first");
        var second = await Room.DecideOnOrderAsync("second");
        await Room.SoonAsync(() => Room.StatusOf("crm").Retrying == 2);
        return (first, second);
    }

    private async Task AssertOnlyAsync(
        (string Decision, string Customer) stays, (string Decision, string Customer) goes)
    {
        var before = Receiver.All.Count;
        Volatile.Write(ref _isDown, 0);
        await Room.UntilAsync(
            () => Receiver.Taken.Any(hook => hook.Decision == stays.Decision) && Room.StatusOf("crm").Queue == 0,
            Step, Day);
        Assert.DoesNotContain(Receiver.All.Skip(before), hook => hook.Decision == goes.Decision);
    }
}
