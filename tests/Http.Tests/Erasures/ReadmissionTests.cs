using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace DToC.Http.Tests.Erasures;

/// <summary>The privacy desk lets a customer in again.</summary>
public sealed class ReadmissionTests
{
    [Fact]
    public async Task Who_was_erased_is_let_in_again_from_a_moment_on()
    {
        await using var server = await ApiServer.StartAsync();
        await server.PostEventsAsync(Order("o-1", "20"));
        server.Time.Advance(TimeSpan.FromHours(1));
        var receipt = (await server.SendAsync(HttpMethod.Delete, "/v1/twins/c-1")).Json;
        var path = $"/v1/erasures/{receipt["token"]}/suppression";
        server.Time.Advance(TimeSpan.FromHours(1));
        var returned = server.Time.GetUtcNow();
        Assert.Null((await server.GetAsync($"/v1/erasures/{receipt["token"]}")).Json["readmitted"]);

        (await Delete("/v1/erasures/0123/suppression")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Delete(path + "?since=soon")).IsProblem(HttpStatusCode.BadRequest, "malformed");
        foreach (var hours in (int[])[-2, 1])
        {
            var far = await Delete($"{path}?since={returned.AddHours(hours):yyyy-MM-ddTHH:mm:ssZ}");
            far.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        }
        var answer = await Delete($"{path}?since={returned.AddMinutes(-30):yyyy-MM-ddTHH:mm:ssZ}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(answer.Body, (await Delete(path)).Body);
        AssertSigned(answer.Json);
        var kept = (await server.GetAsync($"/v1/erasures/{receipt["token"]}")).Json;
        Assert.Equal(answer.Json.ToJsonString(), kept["readmitted"]!.ToJsonString());
        var listed = (await server.GetAsync("/v1/erasures")).Json["erasures"]![0]!;
        Assert.Equal(answer.Json.ToJsonString(), listed["readmitted"]!.ToJsonString());

        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/v1/twins/c-1")).Status);
        var old = returned.AddMinutes(-31).ToString("O");
        await AssertRefusedAsync(Order("o-2", "20", $"\"time\":\"{old}\","));
        // Nor does one wait for a person that nobody could fold.
        await AssertRefusedAsync(Order("o-3", "-20", $"\"time\":\"{old}\","));
        var consents = await server.SendAsync(
            HttpMethod.Put, $"/v1/twins/c-1/consents?time={Uri.EscapeDataString(old)}", """{"marketing":"granted"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, consents.Status);
        var attributes = await server.SendAsync(HttpMethod.Post, "/v1/attributes",
            $$"""[{"customer":"c-1","origin":"declared","time":"{{old}}","attributes":{"loyaltyTier":"gold"} }]""");
        Assert.Contains("was erased", attributes.Body, StringComparison.Ordinal);
        foreach (var (id, total, expected) in ((string, string, string)[])[
            ("o-4", "20", "accepted"), ("o-5", "-20", "quarantined")])
        {
            var taken = (await server.PostEventsAsync($"[{Order(id, total)}]")).Json["results"]![0]!;
            Assert.Equal(expected, taken["status"]!.GetValue<string>());
        }
        var twin = await server.GetAsync("/v1/twins/c-1");
        Assert.Equal(HttpStatusCode.OK, twin.Status);
        Assert.DoesNotContain("o-1", (await server.GetAsync("/v1/twins/c-1/timeline")).Body, StringComparison.Ordinal);

        Task<Answer> Delete(string route) => server.SendAsync(HttpMethod.Delete, route);

        async Task AssertRefusedAsync(string sent)
        {
            var result = (await server.PostEventsAsync($"[{sent}]")).Json["results"]![0]!;
            Assert.Equal("refused", result["status"]!.GetValue<string>());
            Assert.StartsWith("erased: ", result["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    private static void AssertSigned(System.Text.Json.Nodes.JsonNode readmission)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(readmission["publicKey"]!.GetValue<string>()), out _);
        Assert.True(key.VerifyData(
            Encoding.UTF8.GetBytes(readmission["signedText"]!.GetValue<string>()),
            Convert.FromBase64String(readmission["signature"]!.GetValue<string>()), HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence));
    }

    private static string Order(string id, string total, string time = "") => $$"""
        {"id":"{{id}}","type":"Order Completed","customer":"c-1",{{time}}"source":"shop",
         "properties":{"order_id":"{{id}}","total":{{total}},"currency":"EUR"} }
        """.ReplaceLineEndings("");
}
