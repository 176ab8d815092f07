using System.Net;

namespace DToC.Http.Tests;

public sealed class DefinitionTests
{
    [Fact]
    public async Task Definition_is_read_validated_and_replaced()
    {
        await using var server = await ApiServer.StartAsync();
        var read = await server.GetAsync("/v1/definition");
        Assert.StartsWith("// Retail", read.Body, StringComparison.Ordinal); // as written, comments too
        var changed =
            read.Body.Replace("\"version\": \"1.0.0\"", "\"version\": \"1.0.1\"", StringComparison.Ordinal);
        Assert.False(changed == read.Body);

        var check = await server.SendAsync(HttpMethod.Post, "/v1/definition/validate", changed);
        Assert.True(check.Json["valid"]!.GetValue<bool>());
        Assert.Equal(
            read.Response.Headers.ETag, (await server.GetAsync("/v1/definition")).Response.Headers.ETag);

        using var late = server.Request(HttpMethod.Put, "/v1/definition", changed);
        late.Headers.IfMatch.Add(new("\"0000000000000000\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await server.SendAsync(late)).Status);

        await server.PostEventsAsync(EventFormsTests.Event("before", "zora"));
        var put = await server.SendAsync(HttpMethod.Put, "/v1/definition", changed);
        Assert.Equal((HttpStatusCode.OK, "1.0.1"), (put.Status, put.Text("version")));
        Assert.Equal(changed, (await server.GetAsync("/v1/definition")).Body);
        Assert.Equal(
            1, (await server.PostEventsAsync(EventFormsTests.Event("after", "zora"))).Number("accepted"));
        var twin = await server.GetAsync("/v1/twins/zora");
        Assert.Equal(2, twin.Json["description"]!["events"]!.GetValue<int>());
        Assert.EndsWith(put.Text("hash") + "\"", twin.Response.Headers.ETag?.Tag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_definition_is_refused_with_every_error_and_its_line()
    {
        await using var server = await ApiServer.StartAsync();
        var right = (await server.GetAsync("/v1/definition")).Body;
        var wrong = right.Replace(
            "\"kind\": \"decayedCount\"", "\"kind\": \"decayedCont\"", StringComparison.Ordinal);
        var check = await server.SendAsync(HttpMethod.Post, "/v1/definition/validate", wrong);
        Assert.False(check.Json["valid"]!.GetValue<bool>());
        var problem = (await server.SendAsync(HttpMethod.Put, "/v1/definition", wrong))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        var error = problem.Json["errors"]![0]!;
        Assert.True(error["line"]!.GetValue<int>() > 1 && error["column"]!.GetValue<int>() > 1);
        Assert.NotEmpty(error["remedy"]!.GetValue<string>());
        Assert.Equal(right, (await server.GetAsync("/v1/definition")).Body);
    }
}
