using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;

namespace DToC.Http.Tests;

[Collection(SharedServerCollection.Name)]
public sealed partial class OperationTests(SharedServer shared)
{
    private ApiServer Server => shared.Server;

    [Fact]
    public async Task Health_needs_no_key()
    {
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync("/health/live", key: "")).Status);
        Assert.Equal("ready", (await Server.GetAsync("/health/ready", key: "")).Text("status"));
    }

    [Fact]
    public async Task Figures_parse_count_and_name_no_customer()
    {
        await Server.PostEventsAsync(EventFormsTests.Event("m-1", "xaver-the-customer"));
        await Server.GetAsync("/v1/twins/xaver-the-customer");
        var metrics = await Server.GetAsync("/metrics");
        Assert.Equal("text/plain", metrics.Response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("xaver", metrics.Body, StringComparison.Ordinal);
        var families = new HashSet<string>(StringComparer.Ordinal);
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in metrics.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.True(families.Add(line.Split(' ')[2]), $"{line} stands twice");
            }
            if (line.StartsWith('#')) continue;
            var match = Sample().Match(line);
            Assert.True(match.Success, line);
            Assert.Contains(
                families, family => match.Groups["name"].Value.StartsWith(family, StringComparison.Ordinal));
            samples.Add(match.Groups["name"].Value + match.Groups["labels"].Value,
                double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
        }
        Assert.True(samples["dtoc_events_total{status=\"accepted\"}"] >= 1);
        Assert.True(samples["dtoc_turns_total{partition=\"0\"}"]
            + samples["dtoc_turns_total{partition=\"1\"}"] >= 1);
        string[] ofPartitions =
        [
            "dtoc_turn_duration_seconds_count", "dtoc_answer_duration_seconds_count", "dtoc_activated_total",
            "dtoc_commit_duration_seconds_count",
        ];
        Assert.All(ofPartitions, name => Assert.True(
            samples[name + "{partition=\"0\"}"] + samples[name + "{partition=\"1\"}"] >= 1));
        Assert.True(samples["dtoc_file_bytes{partition=\"1\",file=\"database\"}"] > 0);
        Assert.True(samples["dtoc_disk_free_bytes"] > 0);
        Assert.Equal(
            samples["dtoc_turn_duration_seconds_count{partition=\"0\"}"],
            samples["dtoc_turn_duration_seconds_bucket{partition=\"0\",le=\"+Inf\"}"]);
        var requests = """{method="GET",route="/v1/twins/{id}",status="2xx"}""";
        Assert.True(samples[$"dtoc_http_request_duration_seconds_count{requests}"] >= 1);
    }

    [Fact]
    public async Task Document_lists_every_route_with_its_scope()
    {
        var document = (await Server.GetAsync("/openapi/v1.json", key: "")).Json;
        Assert.NotNull(document["components"]!["securitySchemes"]!["bearerKey"]);
        foreach (var route in Routes.All.Where(route => route != Routes.OpenApiDocument && !route.IsPage))
        {
            var operation = document["paths"]![route.Pattern]?[route.Method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{route.Method} {route.Pattern} is not in the document");
            Assert.Equal(route.Summary, operation["summary"]!.GetValue<string>());
            Assert.Equal(route.Scope is not null, operation["security"] is not null);
            if (route.Scope is { } scope)
            {
                Assert.Contains(
                    $"`{WireJson.Word(scope)}`", operation["description"]!.GetValue<string>(),
                    StringComparison.Ordinal);
            }
        }
        Assert.All(Routes.All.Where(route => route.IsPage), page => Assert.Null(document["paths"]![page.Pattern]));
        Assert.NotNull(
            document["paths"]!["/v1/events"]!["post"]!["requestBody"]!["content"]!["application/x-ndjson"]);
    }

    [Fact]
    public async Task Page_to_read_it_is_served_from_here()
    {
        var page = await Server.GetAsync("/docs/index.html", key: "");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.OK, (await Server.GetAsync("/docs/swagger-ui-bundle.js", key: "")).Status);
    }

    [Fact]
    public async Task Address_or_method_that_is_not_there_is_a_problem()
    {
        (await Server.GetAsync("/v1/nothing")).IsProblem(HttpStatusCode.NotFound, "not-found");
        var wrong = (await Server.SendAsync(HttpMethod.Patch, "/v1/events", "{}"))
            .IsProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Contains("POST", wrong.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_has_a_place_of_its_own_in_the_table()
    {
        var places = Enum.GetValues<ProblemKind>().Select(ProblemTable.Of).ToList();
        Assert.Equal(
            places.Count, places.Select(place => place.Type).Distinct(StringComparer.Ordinal).Count());
        Assert.All(places, place => Assert.InRange(place.Status, 400, 599));
    }

    [Fact]
    public async Task Fault_of_the_server_is_a_problem_that_tells_nothing_of_its_inside()
    {
        await using var server = await ApiServer.StartAsync();
        server.Host.Intercept = (_, message) => message is Grains.CustomerMessage
            ? throw new InvalidOperationException("secret inside") : Task.FromResult<Grains.Reply?>(null);
        var answer = (await server.PostEventsAsync(EventFormsTests.Event("f-1", "yann")))
            .IsProblem(HttpStatusCode.InternalServerError, "fault");
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    [GeneratedRegex(
        "^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>{([a-z]+=\"[^\"]*\",?)+})? (?<value>[0-9.eE+-]+|NaN)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();
}
