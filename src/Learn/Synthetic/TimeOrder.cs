namespace DToC.Learn.Synthetic;

/// <summary>
/// Sorts a stream of events by time in bounded memory: runs of <see cref="RunLength"/> events are sorted, all
/// but a last one are spilled to temporary files, and the runs are merged (external merge sort; D. Knuth,
/// TAOCP vol. 3, 5.4).
/// </summary>
public static class TimeOrder
{
    /// <summary>Events held in memory at once while sorting.</summary>
    public const int RunLength = 200_000;

    /// <summary>Most runs; beyond it (200 million events) sorting throws.</summary>
    public const int MaxRuns = 1_000;

    /// <summary>The events by time; at the same time in the order they came.</summary>
    public static IEnumerable<SyntheticEvent> Merge(IEnumerable<SyntheticEvent> events, int runLength = RunLength)
    {
        var spilled = new List<string>();
        try
        {
            var run = new List<SyntheticEvent>();
            foreach (var next in events)
            {
                if (run.Count == runLength)
                    spilled.Add(Spill(run, spilled.Count));
                run.Add(next);
            }
            Sort(run);
            var runs = spilled.Select(EventSpill.Read).Append(run).ToList();
            foreach (var next in MergeRuns(runs))
                yield return next;
        }
        finally
        {
            spilled.ForEach(File.Delete);
        }
    }

    private static string Spill(List<SyntheticEvent> run, int before)
    {
        if (before + 1 >= MaxRuns)
            throw new InvalidOperationException($"More than {MaxRuns} runs to sort: write by customer instead.");
        Sort(run);
        var path = Path.GetTempFileName();
        EventSpill.Write(path, run);
        run.Clear();
        return path;
    }

    // List.Sort is not stable; by customer and place in the customer's own order the result is.
    private static void Sort(List<SyntheticEvent> run)
    {
        var order = run.Select((next, i) => (next.Time, i)).ToArray();
        Array.Sort(order);
        var sorted = Array.ConvertAll(order, entry => run[entry.i]);
        run.Clear();
        run.AddRange(sorted);
    }

    private static IEnumerable<SyntheticEvent> MergeRuns(List<IEnumerable<SyntheticEvent>> runs)
    {
        var heads = new List<IEnumerator<SyntheticEvent>>();
        try
        {
            var queue = new PriorityQueue<int, (long Time, int Run)>();
            for (var i = 0; i < runs.Count; i++)
            {
                heads.Add(runs[i].GetEnumerator());
                if (heads[i].MoveNext())
                    queue.Enqueue(i, (heads[i].Current.Time.UnixMs, i));
            }
            while (queue.TryDequeue(out var run, out _))
            {
                yield return heads[run].Current;
                if (heads[run].MoveNext())
                    queue.Enqueue(run, (heads[run].Current.Time.UnixMs, run));
            }
        }
        finally
        {
            heads.ForEach(head => head.Dispose());
        }
    }
}
