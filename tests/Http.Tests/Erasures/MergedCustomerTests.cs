using System.Net;
using DToC.Http.Tests.Identities;

namespace DToC.Http.Tests.Erasures;

/// <summary>Who was merged is exported and erased as one, with what was sent to each id.</summary>
public sealed class MergedCustomerTests
{
    [Fact]
    public async Task Identifier_that_came_with_a_merged_id_is_exported_and_its_events_stay_away_after_the_erasure()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        await shop.ShowAsync("\"customer\":\"anna\"");
        await shop.ShowAsync("\"customer\":\"bert\"");
        var merged = await shop.Server.SendAsync(HttpMethod.Post, "/v1/twins/anna/merge", """{"into":"bert"}""");
        Assert.Equal(HttpStatusCode.OK, merged.Status);
        const string Device = "\"identifiers\":{\"device\":\"d-anna\"}";
        await shop.ShowAsync("\"customer\":\"anna\"," + Device);
        // Not by the device before it leads there: it would begin a life of its own. The journal names it earlier than
        // the row that leads is there.
        await Shop.UntilAsync(async () =>
        {
            var export = (await shop.Server.GetAsync("/v1/twins/bert/export")).Json;
            return export["identifiers"]!.ToJsonString().Contains("d-anna", StringComparison.Ordinal)
                && export["records"]!.AsArray().Any(static record =>
                    record!["record"]!.GetValue<string>() == "row"
                    && record["name"]!.GetValue<string>().EndsWith("d-anna", StringComparison.Ordinal));
        });
        Assert.True(await shop.ShowAsync(Device) is "anna" or "bert");

        var erased = await shop.Server.SendAsync(HttpMethod.Delete, "/v1/twins/bert");
        Assert.Equal(HttpStatusCode.OK, erased.Status);
        var late = await shop.PostAsync(Device);
        late.IsProblem(HttpStatusCode.UnprocessableEntity, "event-refused");
        Assert.Contains("erased", late.Body, StringComparison.Ordinal);
    }
}
