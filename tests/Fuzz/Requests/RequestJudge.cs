using System.Text.Json;
using System.Text.Json.Nodes;

namespace DToC.Fuzz.Requests;

/// <summary>Looks at each answer, and counts what became of events.</summary>
internal sealed class RequestJudge
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, long> _statuses = [];
    private long _sent;
    private long _replayed;

    /// <summary>Events answered with accepted, replayed ones among them.</summary>
    public long Accepted
    {
        get
        {
            lock (_gate) return _events.GetValueOrDefault("accepted") + _replayed;
        }
    }

    /// <summary>Events sent whose answers were counted.</summary>
    public long Sent
    {
        get
        {
            lock (_gate) return _sent;
        }
    }

    public IReadOnlyDictionary<string, long> Events => _events;

    /// <summary>What is wrong with an answer; null when it is as it should be.</summary>
    public string? Fault(FuzzRequest request, WireAnswer? answer)
    {
        if (answer is null) return request.IsGarbled ? null : "no answer";
        lock (_gate) _statuses[answer.Status] = _statuses.GetValueOrDefault(answer.Status) + 1;
        if (answer.Status >= 500) return "the server failed";
        if (answer.Status >= 400) return ProblemFault(request, answer) ?? Refused(request, answer);
        if (answer.Status == 202 && request.Counting == Counting.Lines) return LinesFault(request, answer);
        if (answer.Status == 202 && request.Counting == Counting.Body) return BodyFault(answer);
        if (request.Target.EndsWith("/replay", StringComparison.Ordinal)) Replayed(answer);
        return null;
    }

    public string Summary()
    {
        lock (_gate)
        {
            return $"Events sent {_sent}: {string.Join(", ", _events.Select(e => $"{e.Key} {e.Value}"))}; replayed "
                + $"{_replayed}. Statuses: {string.Join(", ", _statuses.Select(s => $"{s.Key} {s.Value}"))}.";
        }
    }

    private static string? ProblemFault(FuzzRequest request, WireAnswer answer)
    {
        // HTTP itself refuses with an empty body what is no request; HEAD never has one.
        if (answer.Body.Length == 0 && (answer.Status == 400 || request.Method == "HEAD")) return null;
        if (answer.Header("content-type") != "application/problem+json") return "a refusal that is no problem details";
        var problem = JsonNode.Parse(answer.Body)!.AsObject();
        var isGood = problem["type"]!.GetValue<string>().StartsWith("urn:dtoc:problem:", StringComparison.Ordinal)
            && problem["status"]!.GetValue<int>() == answer.Status && problem["title"]!.GetValue<string>().Length > 0
            && problem["detail"]!.GetValue<string>().Length > 0;
        return isGood ? null : "problem details without a part";
    }

    private string? Refused(FuzzRequest request, WireAnswer answer)
    {
        // A refused body is one event refused, or an array of which nothing was taken; neither has counts.
        if (request.Counting == Counting.None) return null;
        if (answer.Status == 429) return Count(1, ["retry"]);
        return Count(1, ["refused"]);
    }

    private string? LinesFault(FuzzRequest request, WireAnswer answer)
    {
        if (answer.Header("content-type") != "application/x-ndjson") return "a stream that is no lines";
        var (last, statuses) = (0L, new List<string>());
        foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var one = JsonNode.Parse(line)!.AsObject();
            var number = one["line"]!.GetValue<long>();
            if (number <= last) return $"line {number} is answered after line {last}";
            last = number;
            statuses.Add(one["status"]!.GetValue<string>());
        }
        return Count(request.LineCount(), statuses);
    }

    private string? BodyFault(WireAnswer answer)
    {
        var root = JsonNode.Parse(answer.Body)!.AsObject();
        var results = root["results"]!.AsArray().Select(r => r!["status"]!.GetValue<string>()).ToList();
        string[] words = ["accepted", "duplicate", "refused", "quarantined", "retry"];
        foreach (var word in words)
        {
            if (root[word]!.GetValue<int>() != results.Count(r => r == word)) return $"{word} is counted wrongly";
        }
        return Count(results.Count, results);
    }

    private string? Count(int sent, List<string> statuses)
    {
        lock (_gate)
        {
            _sent += sent;
            foreach (var status in statuses) _events[status] = _events.GetValueOrDefault(status) + 1;
        }
        return sent == statuses.Count ? null : $"{sent} events were sent and {statuses.Count} answered";
    }

    private void Replayed(WireAnswer answer)
    {
        var status = JsonSerializer.Deserialize<JsonObject>(answer.Body)?["status"]?.GetValue<string>();
        if (status != "accepted") return;
        lock (_gate) _replayed++;
    }
}
