using System.Text;
using System.Text.Json;
using DToC.Http.Json;
using DToC.Http.Streams;
using DToC.Learn.Simulating;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Simulations;

/// <summary>
/// <c>GET /v1/simulations/{id}/events</c>: how far it is (<c>progress</c>), what it comes to so far (<c>partial</c>),
/// and that it has ended (<c>end</c>), as Server-Sent Events.
/// </summary>
internal static class SimulationStream
{
    public static async Task<IResult> StreamAsync(
        string id, HttpContext http, SimulationTable table, SimulationJobs jobs, EventReceivers receivers,
        HttpOptions options, TimeProvider time)
    {
        var live = jobs.Find(id);
        if (await table.FindAsync(id, http.RequestAborted) is not { } header) return SimulationEndpoints.NotFound(id);
        return await receivers.SendAsync(http, async (writer, cancellation) =>
        {
            await writer.BeatAsync(null, cancellation);
            if (live is not null) await FollowAsync(live, writer, options, time, cancellation);
            // Of one that was removed meanwhile there is nothing more to say.
            var end = await table.FindAsync(id, cancellation) ?? header;
            var form = SimulationForm.Of(end, null, null, options);
            await writer.WriteAsync(null, "end", JsonSerializer.Serialize(form, WireJson.Options), cancellation);
            await writer.FlushAsync(cancellation);
        });
    }

    private static async Task FollowAsync(
        LiveSimulation live, EventWriter writer, HttpOptions options, TimeProvider time,
        CancellationToken cancellation)
    {
        SimulationResult? told = null;
        while (true)
        {
            var (progress, partial, hasEnded, changed) = live.Look();
            if (hasEnded) return;
            if (progress is not null)
            {
                await writer.WriteAsync(
                    null, "progress", JsonSerializer.Serialize(progress, WireJson.Options), cancellation);
            }
            if (partial is not null && partial != told)
            {
                told = partial;
                await writer.WriteAsync(
                    null, "partial", Encoding.UTF8.GetString(ResultDisclosure.Split(partial).Told.ToJson()),
                    cancellation);
            }
            await writer.FlushAsync(cancellation);
            while (!changed.IsCompleted)
            {
                using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var pause = Task.Delay(options.Heartbeat, time, beat.Token);
                if (await Task.WhenAny(changed, pause) == pause)
                {
                    await pause;
                    await writer.BeatAsync(null, cancellation);
                }
                await beat.CancelAsync();
            }
        }
    }
}
