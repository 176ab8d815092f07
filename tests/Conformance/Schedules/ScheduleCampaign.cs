namespace DToC.Conformance;

/// <summary>Many schedules of one workload, one seed after the other, on some threads.</summary>
internal sealed class ScheduleCampaign(Workload workload, Sabotage sabotage = Sabotage.None)
{
    public ScheduleTally Tally { get; } = new(workload.Cells);

    /// <summary>Runs the schedules of seeds <paramref name="first"/> to first + count - 1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">At once.</param>
    public void Run(ulong first, long count, int threads)
    {
        var next = first;
        var end = first + (ulong)count;
        var one = new Lock();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            var runner = new ScheduleRunner(workload, sabotage);
            while (true)
            {
                ulong from, until;
                lock (one)
                {
                    // All seeds of one script to one thread.
                    from = next;
                    var seeds = (ulong)workload.SeedsOfScript;
                    until = next = Math.Min(end, (from / seeds + 1) * seeds);
                }
                if (from >= end) return;
                for (var seed = from; seed < until; seed++) Tally.Add(runner.Run(seed));
            }
        });
    }
}
