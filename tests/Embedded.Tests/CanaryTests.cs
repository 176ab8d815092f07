using System.Globalization;
using System.Text;
using DToC.Embedded.Backups;
using DToC.Embedded.Checks;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Embedded.Tests;

/// <summary>
/// Unique texts in every field that comes from outside, through events, identifiers, attributes, consents, decisions
/// and the quarantine; then every byte of every file is looked at. Ids of customers are not among them: those are
/// stored as they are.
/// </summary>
public sealed class CanaryTests
{
    private const int Customers = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_said_of_customers_lies_in_no_file_of_an_encrypted_folder(bool encrypted)
    {
        await using var room = RetailRoom(encrypted ? SealTests.Master : null);
        var host = room.Start();
        for (var n = 0; n < Customers; n++) await FillAsync(room, n);
        await HostRoom.UntilAsync(() => Task.FromResult(host.Status().Partitions.All(p => p.PendingEffects == 0)));
        var canaries = Enumerable.Range(0, Customers).SelectMany(CanariesOf).ToList();

        var running = SealTests.Lying(room.Folder, canaries);
        var backup = Path.Combine(room.Folder, "backup");
        FolderBackup.Run(room.Options, backup, default);
        var backedUp = SealTests.Lying(backup, canaries);
        await AssertKnownAsync(host, customer: 3);
        await host.DisposeAsync();
        var closed = SealTests.Lying(room.Folder, canaries);

        // In the clear all of them are found, so that looking for them says something.
        var expected = encrypted ? 0 : canaries.Count;
        Assert.Equal((expected, expected, expected), (running.Count, backedUp.Count, closed.Count));
        Assert.Empty(FolderCheck.Run(room.Options, deep: true, default).Findings);
        await AssertKnownAsync(room.Start(), customer: 5);
    }

    [Fact]
    public async Task An_identity_linked_before_encryption_is_found_after_it()
    {
        await using var room = RetailRoom(master: null);
        var host = room.Start();
        await FillAsync(room, 0);
        await HostRoom.UntilAsync(() => Task.FromResult(host.Status().Partitions.All(p => p.PendingEffects == 0)));
        room.Options = room.Options with { MasterKey = SealTests.Master };
        host = await room.RestartAsync();
        await AssertKnownAsync(host, customer: 0);
        await host.DisposeAsync();
        FolderEncryption.Run(room.Options, SealTests.NoLog, default);
        await AssertKnownAsync(room.Start(), customer: 0);
        Assert.Empty(SealTests.Lying(room.Folder, [.. CanariesOf(0)]));
    }

    private static HostRoom RetailRoom(MasterKey? master)
    {
        var room = CustomerRoom.Empty();
        room.Options = room.Options with { MasterKey = master };
        return room;
    }

    private static string Canary(string field, int n) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}-{n:d4}-xqzv");

    private static IEnumerable<byte[]> CanariesOf(int n) =>
        ((string[])["event", "product", "note", "email", "crm", "consent", "kept", "tier"])
            .Select(field => Encoding.UTF8.GetBytes(Canary(field, n)));

    private static async Task FillAsync(HostRoom room, int n)
    {
        var host = room.Host!;
        var key = GrainKey.Customer($"c-{n}");
        var source = Canary("consent", n);
        var purposes = host.Plans.Current.Consent.Purposes;
        Assert.IsNotType<Reply.Failed>(await host.SendAsync(key, new CustomerMessage.SetConsents(
            [.. purposes.Select(purpose => new ConsentChange(purpose, ConsentStatus.Granted))], source), default));
        var e = Assert.IsType<EventReading.Read>(Read(room, $$"""
            {"id":"{{Canary("event", n)}}","source":"shop","type":"Product Viewed","customer":"c-{{n}}",
             "identifiers":{"email":"{{Canary("email", n)}}" },
             "properties":{"product_id":"{{Canary("product", n)}}","note":"{{Canary("note", n)}}"} }
            """)).Event;
        var observed = await host.SendAsync(key, new CustomerMessage.Observe([e]), default);
        Assert.Equal(EventStatus.Accepted, Assert.IsType<CustomerReply.Observed>(observed).Results[0].Status);
        await host.SendAsync(key, new CustomerMessage.SetAttributes(
            AttributeOrigin.Declared, Canary("crm", n), room.Now,
            [new AttributeChange("loyaltyTier", Canary("tier", n), null)]), default);
        await host.SendAsync(key, new CustomerMessage.Decide(["web", null, null, null]), default);
        var line = Encoding.UTF8.GetBytes($$"""
            {"id":"k{{n}}","source":"shop","type":"Order Completed","customer":"c-{{n}}",
             "properties":{"a":"{{Canary("kept", n)}}"} }
            """);
        var rejected = Assert.IsType<EventReading.Rejected>(Read(room, Encoding.UTF8.GetString(line)));
        var kept = new QuarantinedEvent(
            line, rejected.Problem, rejected.Field, rejected.Message, rejected.Source, rejected.Id, room.Now);
        await host.SendAsync(QuarantineGrain.KeyOf(kept.ContentHash), new QuarantineMessage.Add([kept]), default);
    }

    private static EventReading Read(HostRoom room, string json) =>
        new EventReader(room.Host!.Plans.Current.Events, EventLimits.Default)
            .Read(Encoding.UTF8.GetBytes(json), room.Now);

    /// <summary>The customer is found by its identifier, and its journal has what was said.</summary>
    private static async Task AssertKnownAsync(EmbeddedHost host, int customer)
    {
        var email = new Identifier("email", Canary("email", customer));
        var bucket = IdentityGrain.KeyOf(email);
        var row = await host.ReadRowAsync(bucket, IdentityGrain.RowOf(email), default);
        var found = new GrainRow(IdentityGrain.RowOf(email), row!.Value);
        Assert.True(new IdentityGrain().Concerns(found, new DataSubject([$"c-{customer}"], [])));
        var listed = await host.ReadRowsAsync(bucket, "", 1_000, default);
        Assert.Contains(listed, other => other.Row == found.Row);
        var journal = await host.ReadJournalAsync(GrainKey.Customer($"c-{customer}"), default);
        var note = Encoding.UTF8.GetBytes(Canary("note", customer));
        Assert.Contains(journal, entry => entry.Payload.Span.IndexOf(note) >= 0);
    }
}
