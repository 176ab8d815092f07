using DToC.Embedded.Erasures;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Embedded.Tests;

/// <summary>What an erasure looks through is found, however many rows lie beside it.</summary>
public sealed class KeptRowsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_and_effects_of_a_family_are_found_and_no_others(bool isEncrypted)
    {
        // More than are looked for at a time, and fewer rows a page than there are.
        var family = Enumerable.Range(0, StoreReader.MostSenders + 3).Select(n => $"of-it-{n}").ToArray();
        await using var room = CustomerRoom.Empty();
        room.Options = room.Options with { MasterKey = isEncrypted ? SealTests.Master : null, SweepRows = 4 };
        var host = room.Start();
        foreach (var customer in (string[])[.. family, "of-it-100", "else"])
        {
            foreach (var said in (ConsentStatus[])[ConsentStatus.Granted, ConsentStatus.Denied])
            {
                var all = host.Plans.Current.Consent.Purposes.Select(purpose => new ConsentChange(purpose, said));
                var consents = new CustomerMessage.SetConsents([.. all], "desk");
                Assert.IsType<Reply.Done>(await host.SendAsync(GrainKey.Customer(customer), consents, default));
            }
            var identifier = new Identifier("email", $"{customer}@example.com");
            var link = new IdentityMessage.Link(identifier, customer, 100);
            Assert.IsType<Reply.Done>(await host.SendAsync(IdentityGrain.KeyOf(identifier), link, default));
        }
        foreach (var some in (string[][])[family, [.. family.Take(2)], ["else"]])
        {
            var found = (await new KeptRows(host.Partitions[0].Host).ReadAsync(new DataSubject(some, []), default))
                .ConvertAll(row => row.Record);
            Assert.Equal(
                some.Select(customer => $"email\n{customer}@example.com").Order(StringComparer.Ordinal),
                found.OfType<KeptRecord.Row>().Select(row => row.Stored.Row).Order(StringComparer.Ordinal));
            var senders = found.OfType<KeptRecord.Published>().Select(row => row.Key.Id)
                .Distinct(StringComparer.Ordinal);
            Assert.Equal(some.Order(StringComparer.Ordinal), senders.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_row_that_concerns_a_subject_has_a_trace_of_it()
    {
        var grain = new IdentityGrain();
        foreach (var name in (string[])["c-1", "Zoë", "a\nb", "\u0001", new string('x', 200)])
        {
            var subject = new DataSubject(["other", name], []);
            var row = new IdentityRow([new IdentityClaim("who", true), new IdentityClaim(name, false)]);
            var value = row.Write();
            Assert.True(grain.Concerns(new GrainRow("email\nx", value), subject));
            Assert.Contains(grain.TracesOf(subject), trace => value.Span.IndexOf(trace) >= 0);
        }
    }
}
