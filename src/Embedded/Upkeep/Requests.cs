using DToC.Embedded.Turns;
using DToC.Grains;

namespace DToC.Embedded.Upkeep;

/// <summary>Sends one message to many grains, a bounded number at a time, and says which took it.</summary>
internal static class Requests
{
    /// <summary>
    /// Keys whose turn is durable or whose turn failed; the others were refused and can be asked again.
    /// </summary>
    public static async Task<(HashSet<GrainKey> Done, HashSet<GrainKey> Failed)> SendAsync(
        HostContext host, IReadOnlyList<GrainKey> keys, GrainMessage message, CancellationToken cancellation)
    {
        HashSet<GrainKey> done = [];
        HashSet<GrainKey> failed = [];
        foreach (var chunk in keys.Chunk(host.Options.UpkeepWindow))
        {
            cancellation.ThrowIfCancellationRequested();
            var sent = Array.ConvertAll(chunk, key => new Delivery(key, message, admittedBy: null));
            foreach (var delivery in sent) host.Deliver(delivery);
            for (var i = 0; i < sent.Length; i++)
            {
                var reply = await sent[i].Completion;
                if (reply is Reply.Failed) failed.Add(chunk[i]);
                else if (reply is not (Reply.Busy or Reply.Unavailable)) done.Add(chunk[i]);
            }
        }
        return (done, failed);
    }
}
