using System.Net;
using System.Text.Json.Nodes;
using DToC.Grains;
using static DToC.Http.Tests.Simulations.SimulatedCustomers;

namespace DToC.Http.Tests.Simulations;

/// <summary>A server that stops while it simulates.</summary>
public sealed class SimulationRestartTests
{
    private const string Long = """
        {"weeks":52,"paths":5000,"seed":5,"sensitivity":false,
         "scenarios":[{"name":"dearer","levers":[{"lever":"price","factor":1.1}]}]}
        """;

    [Fact]
    public async Task Simulation_goes_on_after_a_restart_and_ends_as_one_that_never_stopped()
    {
        var first = await StartAsync();
        var path = await BeginAsync(first, Long);
        var kept = await KeptAsync(first, path);
        await first.StopAsync();
        await using var second = await ApiServer.StartAsync(Eager, first.Folder);
        var resumed = await HeaderAsync(second, path);
        Assert.InRange(resumed.PathsDone, kept.PathsDone, 4_999);
        var done = await EndedAsync(second, path);
        Assert.True(Text(done, "state") == "done", done.ToJsonString());
        // Nothing to be known of: it was not run from the start.
        Assert.Null(done["note"]);
        Assert.Equal(kept.Ground, (await HeaderAsync(second, path)).Ground);

        var again = await second.SendAsync(HttpMethod.Post, $"{path}/rerun");
        var whole = await EndedAsync(second, $"/v1/simulations/{again.Text("id")}");
        Assert.True(whole["rerun"]!["isIdentical"]!.GetValue<bool>(), whole["rerun"]!.ToJsonString());
        Assert.Equal(whole["result"]!.ToJsonString(), done["result"]!.ToJsonString());
    }

    [Fact]
    public async Task Simulation_whose_customers_went_on_meanwhile_begins_anew_and_says_so()
    {
        var first = await StartAsync();
        var path = await BeginAsync(first, Long);
        await KeptAsync(first, path);
        // It runs on what it has read; after the start there are other states.
        var sent = await first.PostEventsAsync(Order(first, "c-7", "meanwhile", 1, 30));
        Assert.Equal(HttpStatusCode.Accepted, sent.Status);
        await first.StopAsync();
        await using var second = await ApiServer.StartAsync(Eager, first.Folder);
        var done = await EndedAsync(second, path);
        Assert.True(Text(done, "state") == "done", done.ToJsonString());
        Assert.Contains("run from the start", Text(done, "note"), StringComparison.Ordinal);
    }

    private static async Task<SimulationHeader> KeptAsync(ApiServer server, string path)
    {
        for (var look = 0; look < 6_000; look++)
        {
            var header = await HeaderAsync(server, path);
            Assert.False(header.HasEnded, "It ended before it was kept; ask for more paths.");
            if (header.KeptParts > 0) return header;
            await Task.Delay(5);
        }
        throw new TimeoutException("Nothing was kept.");
    }

    private static async Task<SimulationHeader> HeaderAsync(ApiServer server, string path)
    {
        var row = await server.Host.ReadRowAsync(
            SimulationsGrain.Key, SimulationsGrain.HeaderRow(path.Split('/')[^1]), CancellationToken.None);
        return SimulationHeader.Read(row!.Value.Span); // asked for before
    }
}
