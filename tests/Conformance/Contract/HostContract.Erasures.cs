using System.Text;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>What is erased is gone, stays away, and leaves the others whole.</summary>
public abstract partial class HostContract
{
    private static readonly HostSetup OfCustomers = new() { Grains = TwinGrains.Catalog(), Plan = CustomerPlans.First };

    [Fact]
    public async Task What_was_erased_leaves_nothing_takes_nothing_and_others_stay_whole()
    {
        await using var test = await Start(OfCustomers);
        foreach (var customer in (string[])["gone", "stays"])
        {
            for (var n = 1; n <= 5; n++) Assert.Equal(EventStatus.Accepted, await Observe(test, customer, n));
        }
        await test.Settle();
        var stays = await Kept(test, "stays");
        var gone = await Kept(test, "gone");
        Assert.Contains(gone, record => record is KeptRecord.Row { Key.Kind: GrainKind.Identity });
        Assert.Equal(5, gone.OfType<KeptRecord.Journal>().Count(record => record.Entry.Kind == JournalKind.Event));

        var receipt = await Erase(test, "gone");

        Assert.Equal(KeptCounts.Of(gone), receipt.Removed);
        Assert.Empty(await Kept(test, "gone"));
        Assert.Null(await test.WaitFor(test.Host.ReadAsync(GrainKey.Customer("gone"), default).AsTask()));
        Assert.Equal(Named(stays), Named(await Kept(test, "stays")));
        Assert.Equal(EventStatus.Accepted, await Observe(test, "stays", 6));

        await test.CrashAndRestart();
        Assert.Null(await Observe(test, "gone", 1));
        Assert.Null(await Observe(test, "gone", 7));
        await test.PassTime(CustomerPlans.CartDelayMs * 2);
        await test.Settle();
        Assert.Empty(await Kept(test, "gone"));
        Assert.True(test.Host.IsErased(GrainKey.Customer("gone")));
        Assert.False(test.Host.IsErased(GrainKey.Customer("stays")));
        var told = await test.WaitFor(
            test.Host.ReadRowsAsync(ErasuresGrain.Key, "", 10, CancellationToken.None).AsTask());
        Assert.Equal(receipt.Token, Assert.Single(told).Row);
    }

    [Fact]
    public async Task An_erasure_that_a_crash_interrupts_is_completed_by_itself()
    {
        await using var test = await Start(OfCustomers);
        for (var n = 1; n <= 5; n++) await Observe(test, "gone", n);
        await test.Settle();

        // Nobody waits for it: its host is killed as soon as it has begun.
        _ = Erase(test, "gone");
        Assert.True(await test.Until(() => Task.FromResult(test.Host.IsErased(GrainKey.Customer("gone")))));
        await test.CrashAndRestart();

        Assert.True(await test.Until(async () => (await Kept(test, "gone")).Count == 0));
        Assert.Null(await Observe(test, "gone", 8));
    }

    [Fact]
    public async Task An_identifier_of_an_erased_customer_does_not_begin_another()
    {
        await using var test = await Start(OfCustomers);
        var minted = IdentityGrain.MintId(new Identifier("email", "gone@example.com"));
        await Observe(test, minted, 1, "gone@example.com");
        await Observe(test, "gone", 2, "other@example.com");
        await test.Settle();

        await Erase(test, minted);

        Assert.Null(await Observe(test, minted, 3, "gone@example.com"));
        Assert.Equal(EventStatus.Accepted, await Observe(test, "gone", 4, "other@example.com"));
    }

    [Fact]
    public async Task A_customer_merged_into_one_who_was_erased_stays_who_it_was()
    {
        await using var test = await Start(OfCustomers);
        await Observe(test, "gone", 1);
        for (var n = 1; n <= 3; n++) await Observe(test, "stays", n);
        await test.Settle();
        var stays = await Kept(test, "stays");
        await Erase(test, "gone");

        var merge = new CustomerMessage.MergeInto("gone");
        var merged = test.Host.SendAsync(GrainKey.Customer("stays"), merge, CancellationToken.None);
        Assert.IsType<Reply.Done>(await test.WaitFor(merged.AsTask()));
        Assert.True(await test.Until(async () => await Observe(test, "stays", 2) == EventStatus.Duplicate));

        Assert.Equal(EventStatus.Accepted, await Observe(test, "stays", 4));
        await test.Settle();
        Assert.Equal(
            stays.OfType<KeptRecord.Journal>().Count(record => record.Entry.Kind == JournalKind.Event) + 1,
            (await Kept(test, "stays")).OfType<KeptRecord.Journal>().Count(r => r.Entry.Kind == JournalKind.Event));
        Assert.Empty(await Kept(test, "gone"));
    }

    [Fact]
    public async Task Erasing_whom_another_was_split_off_leaves_the_other_with_all_that_is_theirs()
    {
        await using var test = await Start(OfCustomers);
        await Observe(test, "gone", 1);
        await Observe(test, "stays", 1);
        await test.Settle();
        await Tell(test, "stays", new CustomerMessage.MergeInto("gone"));
        Assert.True(await test.Until(async () => await Observe(test, "stays", 2) is not null));
        await test.Settle();

        // What it gets back is under way when the erasure begins.
        await Tell(test, "gone", new CustomerMessage.Split("stays"));
        await Erase(test, "gone");

        Assert.True(await test.Until(async () => await Observe(test, "stays", 2) == EventStatus.Duplicate));
        Assert.False(test.Host.IsErased(GrainKey.Customer("stays")));
        Assert.Equal(EventStatus.Duplicate, await Observe(test, "stays", 1));
        Assert.Null(await Observe(test, "gone", 2));
        Assert.Empty(await Kept(test, "gone"));
    }

    private static async Task Tell(HostUnderTest test, string customer, CustomerMessage message) =>
        Assert.IsType<Reply.Done>(await test.WaitFor(
            test.Host.SendAsync(GrainKey.Customer(customer), message, CancellationToken.None).AsTask()));

    [Fact]
    public async Task Who_was_erased_is_let_in_again_and_nothing_of_before_comes_back()
    {
        await using var test = await Start(OfCustomers);
        for (var n = 1; n <= 5; n++) await Observe(test, "gone", n);
        await test.Settle();
        var before = (await Kept(test, "gone")).OfType<KeptRecord.State>().Single().Stored.Version;
        var old = test.Now;
        await test.PassTime(1_000);
        var receipt = await Erase(test, "gone");
        await test.PassTime(1_000);
        Assert.IsType<ReadmissionAnswer.NoSuchErasure>(await Readmit(test, "none"));
        Assert.IsType<ReadmissionAnswer.OutOfRange>(await Readmit(test, receipt.Token, test.Now.PlusMs(1)));
        Assert.Null(await test.WaitFor(test.Host.FindReadmissionAsync(receipt.Token, default).AsTask()));
        Assert.Null(await Observe(test, "gone", 6));

        var done = Assert.IsType<ReadmissionAnswer.Readmitted>(await Readmit(test, receipt.Token)).Readmission;

        Assert.Equal((test.Now, test.Now), (done.At, done.Since));
        Assert.Equal(done.Since, test.Host.ErasedUntil(GrainKey.Customer("gone")));
        await test.PassTime(10);
        Assert.Equal(EventStatus.Erased, await Observe(test, "gone", 1, at: old));
        Assert.Equal(EventStatus.Accepted, await Observe(test, "gone", 7));
        await test.CrashAndRestart();
        Assert.Equal(EventStatus.Erased, await Observe(test, "gone", 2, at: old));
        Assert.Equal(EventStatus.Accepted, await Observe(test, "gone", 8));
        await test.Settle();
        var kept = await Kept(test, "gone");
        Assert.Equal(2, kept.OfType<KeptRecord.Journal>().Count());
        // Whoever remembers versions and ids of effects takes none for one of before.
        Assert.True(kept.OfType<KeptRecord.State>().Single().Stored.Version > before);
        Assert.Equal(done, Assert.IsType<ReadmissionAnswer.Readmitted>(await Readmit(test, receipt.Token)).Readmission);

        var again = await Erase(test, "gone");
        Assert.NotEqual(receipt.Token, again.Token, StringComparer.Ordinal);
        Assert.Null(await Observe(test, "gone", 9));
        await test.CrashAndRestart();
        Assert.Null(await Observe(test, "gone", 9));
    }

    private static async Task<ReadmissionAnswer> Readmit(HostUnderTest test, string token, Instant? since = null) =>
        await test.WaitFor(test.Host.ReadmitAsync(token, since, "a test", CancellationToken.None).AsTask());

    private static async Task<ErasureReceipt> Erase(HostUnderTest test, string customer)
    {
        var subject = await test.WaitFor(
            CustomerSubject.FindAsync(test.Host, test.Host.Plans, customer, CancellationToken.None).AsTask());
        return await test.WaitFor(test.Host.EraseAsync(subject, "a test", CancellationToken.None).AsTask());
    }

    private static async Task<List<KeptRecord>> Kept(HostUnderTest test, string customer)
    {
        List<KeptRecord> kept = [];
        var subject = new DataSubject([customer], []);
        await foreach (var record in test.Host.ReadKeptAsync(subject, CancellationToken.None)) kept.Add(record);
        return kept;
    }

    private static List<string> Named(List<KeptRecord> kept) => kept.ConvertAll(record => record switch
    {
        KeptRecord.State state => $"state {StableHash.Of(state.Stored.Bytes.Span):x16}",
        KeptRecord.Journal journal => $"journal {StableHash.Of(journal.Entry.Payload.Span):x16}",
        _ => record.ToString(),
    });

    /// <summary>An event with an identifier; null when the customer takes none, now or at all.</summary>
    private static async Task<EventStatus?> Observe(
        HostUnderTest test, string customer, int n, string? email = null, Instant? at = null)
    {
        var json = $$"""
            {"id":"{{customer}}-{{n}}","type":"{{CustomerPlans.Added}}","customer":"{{customer}}",
             {{(at is null ? "" : $"\"time\":\"{at}\",")}}
             "identifiers":{"email":"{{email ?? $"{customer}@example.com"}}"},"properties":{"item":"tea","price":3} }
            """;
        var reading = new EventReader(test.Host.Plans.Current.Events, EventLimits.Default)
            .Read(Encoding.UTF8.GetBytes(json), test.Now);
        var read = Assert.IsType<EventReading.Read>(reading);
        var message = new CustomerMessage.Observe([read.Event]);
        var reply = await test.WaitFor(
            test.Host.SendAsync(GrainKey.Customer(customer), message, CancellationToken.None).AsTask());
        if (reply is Reply.Erased or Reply.Unavailable) return null;
        return Assert.Single(Assert.IsType<CustomerReply.Observed>(reply).Results).Status;
    }
}
