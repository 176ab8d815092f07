using System.Net;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Json;
using DToC.Http.Routing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DToC.Http.Tests;

[Collection(SharedServerCollection.Name)]
public sealed class AccessTests(SharedServer shared)
{
    private static readonly string[] Scopes = ["ingest", "read", "decide", "privacy", "operate", "admin"];

    private ApiServer Server => shared.Server;

    public static TheoryData<string> Guarded =>
        [.. Routes.All.Where(route => route is { Scope: not null, IsPage: false }).Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Route_without_a_key_is_refused_with_a_challenge(string name)
    {
        var answer = await StatusOf(name, key: "");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(
            HttpStatusCode.Unauthorized, (await StatusOf(name, key: "dtoc_nobody_nothing")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Route_takes_its_own_scope_and_admin_and_no_other(string name)
    {
        var route = Routes.All.Single(candidate => candidate.Name == name);
        foreach (var scope in Scopes)
        {
            var status = (await StatusOf(name, await Server.IssueAsync(scope))).StatusCode;
            var covers = scope == "admin" || scope == WireJson.Word(route.Scope!.Value);
            Assert.True(covers == (status != HttpStatusCode.Forbidden), $"{name} with {scope} gave {status}");
            Assert.NotEqual(HttpStatusCode.Unauthorized, status);
        }
    }

    [Fact]
    public async Task Revoked_key_is_refused_at_once()
    {
        var key = await Server.IssueAsync("read");
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync("/v1/definition", key)).Status);
        var revoked = await Server.SendAsync(HttpMethod.Delete, $"/v1/keys/{key.Split('_')[1]}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.Status);
        (await Server.GetAsync("/v1/definition", key)).IsProblem(HttpStatusCode.Unauthorized, "key-missing");
        (await Server.SendAsync(HttpMethod.Delete, "/v1/keys/nobody"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Expired_key_is_refused()
    {
        await using var server = await ApiServer.StartAsync();
        var expires = server.Time.GetUtcNow().AddMinutes(5).ToString("o");
        var issued = await server.SendAsync(
            HttpMethod.Post, "/v1/keys", $$"""{"name":"short","scopes":["read"],"expires":"{{expires}}"}""");
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v1/definition", issued.Text("key"))).Status);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        (await server.GetAsync("/v1/definition", issued.Text("key")))
            .IsProblem(HttpStatusCode.Unauthorized, "key-missing");
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["everything"]}""")]
    [InlineData("""{"name":"x","scopes":["read"],"expires":"2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"x","scopes":["read"],"expires":"soon"}""")]
    public async Task Key_request_that_makes_no_sense_is_a_problem(string body) =>
        (await Server.SendAsync(HttpMethod.Post, "/v1/keys", body))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");

    [Fact]
    public async Task Listed_keys_show_neither_text_nor_hash()
    {
        var key = await Server.IssueAsync("read", "decide");
        var list = await Server.GetAsync("/v1/keys");
        Assert.DoesNotContain(key.Split('_')[2], list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToHexString(KeyText.HashOf(key)), list.Body, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            list.Json["keys"]!.AsArray(), listed => listed!["id"]!.GetValue<string>() == key.Split('_')[1]);
    }

    [Fact]
    public void Every_endpoint_stands_in_the_table_of_routes()
    {
        var mapped = Server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>().Select(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).ToList();
        Assert.DoesNotContain(null, mapped);
        Assert.Equal(
            Routes.All.Select(route => route.Name).Order(StringComparer.Ordinal),
            mapped.Select(route => route!.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task First_admin_key_is_made_once_and_works()
    {
        var (plan, _) = DToC.Api.ChosenDefinition.Load("retail");
        await using var server = await ApiServer.StartAsync();
        var ring = new KeyRing(server.Host, new HttpOptions(), server.Time);
        // There is one already, from the text given at start.
        Assert.Null(await ring.EnsureAdminAsync(null, CancellationToken.None));
        // Another text takes its place.
        Assert.Null(await ring.EnsureAdminAsync("another-admin-key", CancellationToken.None));
        Assert.Null(await ring.FindAsync(ApiServer.AdminKey, CancellationToken.None));
        Assert.Equal(
            KeyScopes.Admin, (await ring.FindAsync("another-admin-key", CancellationToken.None))?.Scopes);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await ring.EnsureAdminAsync("short", CancellationToken.None));
        Assert.NotNull(plan);
    }

    private async Task<HttpResponseMessage> StatusOf(string name, string key)
    {
        var route = Routes.All.Single(candidate => candidate.Name == name);
        var path = route.Pattern.Replace("{id}", "nobody", StringComparison.Ordinal);
        var hasBody = route.Method is "POST" or "PUT";
        using var request =
            Server.Request(new HttpMethod(route.Method), path, hasBody ? "{}" : null, key: key);
        // Heads are enough, and a stream of decisions never ends.
        using var response = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response;
    }
}
