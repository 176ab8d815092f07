using System.Text;
using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Embedded.Tests;

/// <summary>Who was merged and split off is erased like any other.</summary>
public sealed class PartedCustomerTests
{
    private const string Parted = "parted-xqzv";

    private static readonly GrainKey Ann = GrainKey.Customer(Parted);
    private static readonly GrainKey Bob = GrainKey.Customer("bob");
    private static readonly GrainKey Carl = GrainKey.Customer("carl");

    [Fact]
    public async Task No_byte_of_an_id_that_was_split_off_is_left_where_it_was_split_from()
    {
        await using var room = CustomerRoom.Empty();
        var host = room.Start();
        foreach (var key in (GrainKey[])[Ann, Bob, Carl]) await ObserveAsync(room, key, "first");
        await MergeAsync(host, Ann, Bob);
        await ObserveAsync(room, Ann, "second");
        await host.SendAsync(Bob, new GrainMessage.TakeCheckpoint(), default);
        Assert.IsType<Reply.Done>(await host.SendAsync(Bob, new CustomerMessage.Split(Parted), default));
        await HostRoom.UntilAsync(async () => (await TwinAsync(host, Ann)).MovedTo is null);
        // Another takes over what is remembered, and keeps both states as they were.
        await MergeAsync(host, Bob, Carl);
        await host.SendAsync(Carl, new GrainMessage.TakeCheckpoint(), default);
        Assert.True((await TwinAsync(host, Bob)).HasParted(Parted, 0));
        Assert.True((await TwinAsync(host, Carl)).HasParted(Parted, 0));
        Assert.NotEmpty(Lying(room));

        var subject = await CustomerSubject.FindAsync(host, host.Plans, Parted, default);
        Assert.Equal([Parted], subject.Customers);
        await host.EraseAsync(subject, "test", default);

        Assert.Empty(Lying(room));
        Assert.True((await TwinAsync(host, Carl)).HasParted(Parted, 0));
        Assert.False((await TwinAsync(host, Carl)).HasParted("another", 0));
        // Asked again, it is done, as it was before.
        Assert.IsType<Reply.Done>(await host.SendAsync(Carl, new CustomerMessage.Split(Parted), default));
        await host.DisposeAsync();
        Assert.Empty(Lying(room));
    }

    private static HashSet<string> Lying(HostRoom room) =>
        SealTests.Lying(room.Folder, [Encoding.UTF8.GetBytes(Parted)]);

    private static async Task MergeAsync(EmbeddedHost host, GrainKey from, GrainKey into)
    {
        Assert.IsType<Reply.Done>(await host.SendAsync(from, new CustomerMessage.MergeInto(into.Id), default));
        await HostRoom.UntilAsync(async () => (await TwinAsync(host, into)).Merged.Contains(from.Id));
    }

    private static async Task<CustomerState> TwinAsync(EmbeddedHost host, GrainKey key)
    {
        var stored = await host.ReadAsync(key, default);
        Assert.NotNull(stored);
        return CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin;
    }

    private static async Task ObserveAsync(HostRoom room, GrainKey key, string id)
    {
        var read = new EventReader(room.Host!.Plans.Current.Events, EventLimits.Default).Read(
            Encoding.UTF8.GetBytes($$"""
                {"id":"{{id}}","source":"shop","type":"Product Viewed","customer":"{{key.Id}}",
                 "identifiers":{"email":"{{key.Id}}@example.com"},"properties":{"product_id":"p"} }
                """), room.Now);
        var message = new CustomerMessage.Observe([Assert.IsType<EventReading.Read>(read).Event]);
        var reply = Assert.IsType<CustomerReply.Observed>(await room.Host.SendAsync(key, message, default));
        Assert.Equal(EventStatus.Accepted, reply.Results[0].Status);
    }
}
