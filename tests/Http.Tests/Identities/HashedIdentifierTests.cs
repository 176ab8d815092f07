using System.Net;
using System.Text;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Tests.Identities;

/// <summary>Identifiers that a definition keeps as hashes are nowhere to be found.</summary>
public sealed class HashedIdentifierTests
{
    private const string Canary = "canary-51c7@secret.example";
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task Value_reaches_no_file_and_no_answer()
    {
        await using var shop = await Shop.OpenAsync(Key);
        string[] written = [Canary, Canary.ToUpperInvariant(), $"  {Canary} ", Canary.Replace("@", "\\u0040")];
        HashSet<string> customers = [];
        foreach (var value in written)
            customers.Add(await shop.ShowAsync($"\"identifiers\":{{\"email\":\"{value}\",\"device\":\"d\"}}"));
        var customer = Assert.Single(customers);
        await shop.ShowAsync($"\"customer\":\"ann\",\"identifiers\":{{\"email\":\"{Canary}\"}}");
        // A type that is not known waits in quarantine, whatever else stands in it.
        var waits = await shop.PostAsync(
            $"\"identifiers\":{{\"device\":\"d\"}},\"identifiers\":{{\"email\":\"{Canary}\"}}", "Unheard Of");
        Assert.Equal(1, waits.Number("quarantined"));
        await shop.UntilLeadsAsync(customer, "ann");

        var quarantine = await shop.Server.GetAsync("/v1/quarantine");
        var timeline = await shop.Server.GetAsync("/v1/twins/ann/timeline");
        foreach (var answer in new[] { quarantine, timeline, await shop.Server.GetAsync("/v1/twins/ann") })
            Assert.DoesNotContain("canary", answer.Body, StringComparison.OrdinalIgnoreCase);
        var id = quarantine.Json["events"]![0]!["id"]!.GetValue<string>();
        Assert.Contains("h1:", (await shop.Server.GetAsync($"/v1/quarantine/{id}")).Body, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(shop.Server.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain("canary-51c7", await reader.ReadToEndAsync(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Event_with_the_hash_leads_where_one_with_the_value_does()
    {
        await using var shop = await Shop.OpenAsync(Key);
        var customer = await shop.ShowAsync($"\"identifiers\":{{\"email\":\"{Canary}\"}}");
        var hash = new IdentifierHashing(Key).HashOf("email", Canary);
        Assert.Equal(customer, await shop.ShowAsync($"\"identifiers\":{{\"email\":\"{hash}\"}}"));
        Assert.Equal(IdentityGrain.MintId(new Identifier("email", hash)), customer);
    }

    [Fact]
    public async Task Without_a_key_such_events_are_refused_and_others_taken()
    {
        await using var shop = await Shop.OpenAsync(key: null);
        var refused = await shop.PostAsync($"\"identifiers\":{{\"email\":\"{Canary}\"}}", "Unheard Of");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("no key here", refused.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refused.Body, StringComparison.Ordinal);
        await shop.ShowAsync("\"identifiers\":{\"device\":\"d\"}");
    }
}
