using DToC.Grains;

namespace DToC.Http.Events;

/// <summary>Sends messages, and those again that a busy host did not take.</summary>
internal static class PatientSending
{
    /// <summary>The replies, in the order of the messages; busy ones only when patience has run out.</summary>
    /// <param name="host">Who gets them.</param>
    /// <param name="letters">The messages.</param>
    /// <param name="isBulk">
    /// Whether they are part of something long; one alone that is not goes by the lane of requests.
    /// </param>
    /// <param name="patience">How long a busy host is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static Task<Reply[]> SendAsync(
        ITwinHost host, List<Letter> letters, bool isBulk, TimeSpan patience, TimeProvider time,
        CancellationToken cancellation) =>
        // Most of all, a single event: sent once, whatever comes of it.
        patience == TimeSpan.Zero
            ? SendOnceAsync(host, letters, isBulk, cancellation)
            : SendUntilTakenAsync(host, letters, isBulk, patience, time, cancellation);

    private static async Task<Reply[]> SendUntilTakenAsync(
        ITwinHost host, List<Letter> letters, bool isBulk, TimeSpan patience, TimeProvider time,
        CancellationToken cancellation)
    {
        var replies = await SendOnceAsync(host, letters, isBulk, cancellation);
        var started = time.GetTimestamp();
        List<int> busy = [];
        for (; ; busy.Clear())
        {
            var wait = TimeSpan.Zero;
            for (var i = 0; i < replies.Length; i++)
            {
                if (replies[i] is not Reply.Busy { RetryAfter: var asked }) continue;
                busy.Add(i);
                if (asked > wait) wait = asked;
            }
            if (busy.Count == 0 || time.GetElapsedTime(started) + wait >= patience) return replies;
            await Task.Delay(wait, time, cancellation);
            var again = await SendOnceAsync(host, busy.ConvertAll(i => letters[i]), isBulk, cancellation);
            for (var i = 0; i < again.Length; i++) replies[busy[i]] = again[i];
        }
    }

    private static async Task<Reply[]> SendOnceAsync(
        ITwinHost host, List<Letter> letters, bool isBulk, CancellationToken cancellation) =>
        letters.Count == 1 && !isBulk
            ? [await host.SendAsync(letters[0].To, letters[0].Message, cancellation)]
            : await host.SendAllAsync(letters, cancellation);
}
