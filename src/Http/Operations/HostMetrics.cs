using System.Globalization;
using DToC.Grains;
using DToC.Http.Json;

namespace DToC.Http.Operations;

/// <summary>Writes a host's status as metrics. No label holds an id.</summary>
internal static class HostMetrics
{
    // Bounds of written histograms: every doubling from 16 microseconds on, each the begin of a bucket.
    private const int FirstBound = 12;
    private const int BoundStep = 4;

    /// <summary>Writes all of it.</summary>
    public static void Write(MetricsText text, HostStatus status)
    {
        text.Family("dtoc_ready", "gauge", "1 while messages are taken and can be made durable.");
        text.Sample("dtoc_ready", status.Ready ? 1 : 0);
        WriteWork(text, status);
        WriteMemory(text, status);
        WriteAnswers(text, status);
        Write(text, status, "dtoc_turn_duration_seconds", "Time of turns, without their commits.",
            partition => partition.TurnDurations);
        Write(text, status, "dtoc_commit_duration_seconds", "Time of commits made.",
            partition => partition.CommitDurations);
        Write(text, status, "dtoc_answer_duration_seconds",
            "Time of messages from outside, from being taken to being answered.",
            partition => partition.AnswerDurations);
        WriteSubscribers(text, status);
        WriteProcesses(text, status);
        if (status.Disk is { } disk) WriteDisk(text, disk);
    }

    private static void WriteDisk(MetricsText text, DiskStatus disk)
    {
        if (disk.FreeBytes is { } free)
        {
            text.Family("dtoc_disk_free_bytes", "gauge", "Bytes that may still be written on the disk of the data.");
            text.Sample("dtoc_disk_free_bytes", free);
        }
        if (disk.TotalBytes is { } total)
        {
            text.Family("dtoc_disk_total_bytes", "gauge", "Bytes of the disk of the data.");
            text.Sample("dtoc_disk_total_bytes", total);
        }
        text.Family("dtoc_disk_low", "gauge", "1 while less is free than the low-water mark.");
        text.Sample("dtoc_disk_low", disk.IsLow ? 1 : 0);
        text.Family("dtoc_disk_problem", "gauge", "1 while commits, or moving the log into its file, fail.");
        text.Sample("dtoc_disk_problem", disk.Problem is null ? 0 : 1);
        text.Family("dtoc_damaged_reads_total", "counter", "Reads that found something not as it was written.");
        text.Sample("dtoc_damaged_reads_total", disk.DamagedReads);
    }

    private static void WriteWork(MetricsText text, HostStatus status)
    {
        Write(text, status, "dtoc_turns_total", "counter", "Turns run.", partition => partition.Turns);
        Write(text, status, "dtoc_failed_turns_total", "counter", "Turns that threw.",
            partition => partition.FailedTurns);
        Write(text, status, "dtoc_commits_total", "counter", "Commits made.", partition => partition.Commits);
        Write(text, status, "dtoc_failed_commits_total", "counter", "Commits that failed.",
            partition => partition.FailedCommits);
        Write(text, status, "dtoc_journal_entries_total", "counter", "Journal entries written.",
            partition => partition.JournalEntries);
        Write(text, status, "dtoc_mailbox_messages", "gauge", "Messages waiting.",
            partition => partition.MailboxLength);
        Write(text, status, "dtoc_pending_effects", "gauge", "Effects waiting to be delivered to grains.",
            partition => partition.PendingEffects);
    }

    private static void WriteMemory(MetricsText text, HostStatus status)
    {
        Write(text, status, "dtoc_activated_total", "counter", "Grains taken into memory.",
            partition => partition.Activated);
        Write(text, status, "dtoc_evictions_total", "counter", "Grains put out of memory.",
            partition => partition.Evictions);
        Write(text, status, "dtoc_resident_bytes", "gauge", "Bytes of the states in memory.",
            partition => partition.ResidentBytes);
        text.Family("dtoc_activations", "gauge", "Grains in memory.");
        foreach (var partition in status.Partitions)
        {
            foreach (var (kind, count) in partition.Activations)
            {
                text.Sample("dtoc_activations", count, Label(partition), ("kind", WireJson.Word(kind)));
            }
        }
        text.Family("dtoc_file_bytes", "gauge", "Bytes of a partition's files.");
        foreach (var partition in status.Partitions)
        {
            text.Sample("dtoc_file_bytes", partition.FileBytes, Label(partition), ("file", "database"));
            text.Sample("dtoc_file_bytes", partition.LogBytes, Label(partition), ("file", "log"));
        }
    }

    private static void WriteAnswers(MetricsText text, HostStatus status)
    {
        text.Family("dtoc_answers_total", "counter", "Answers to messages from outside.");
        foreach (var partition in status.Partitions)
        {
            var answers = partition.Answers;
            text.Sample("dtoc_answers_total", answers.Done, Label(partition), ("kind", "done"));
            text.Sample("dtoc_answers_total", answers.Busy, Label(partition), ("kind", "busy"));
            text.Sample("dtoc_answers_total", answers.Unavailable, Label(partition), ("kind", "unavailable"));
            text.Sample("dtoc_answers_total", answers.Failed, Label(partition), ("kind", "failed"));
        }
    }

    private static void WriteSubscribers(MetricsText text, HostStatus status)
    {
        text.Family("dtoc_subscriptions", "gauge", "Subscriptions to published effects.");
        foreach (var topic in status.Subscribers.GroupBy(subscriber => subscriber.Topic))
        {
            text.Sample("dtoc_subscriptions", topic.Count(), ("topic", WireJson.Word(topic.Key)));
        }
        text.Family("dtoc_subscription_lag", "gauge",
            "Published effects not yet given to the subscription furthest behind.");
        foreach (var topic in status.Subscribers.GroupBy(subscriber => subscriber.Topic))
        {
            text.Sample(
                "dtoc_subscription_lag", topic.Max(subscriber => subscriber.Lag),
                ("topic", WireJson.Word(topic.Key)));
        }
    }

    private static void WriteProcesses(MetricsText text, HostStatus status)
    {
        WriteOf(text, status, "dtoc_process_resident_bytes", "gauge", "Memory a process occupies.",
            process => process.ResidentBytes);
        WriteOf(text, status, "dtoc_process_heap_bytes", "gauge", "Managed memory in use.",
            process => process.HeapBytes);
        WriteOf(text, status, "dtoc_process_cpu_seconds_total", "counter", "Processor time used.",
            process => process.CpuSeconds);
        WriteOf(text, status, "dtoc_process_gc_pause_seconds_total", "counter",
            "Time stood still for collections of managed memory.", process => process.GcPauseSeconds);
        WriteOf(text, status, "dtoc_process_start_time_seconds", "gauge", "When it began, in Unix time.",
            process => process.Started.UnixMs / 1000.0);
    }

    private static (string Name, string Value) Label(PartitionStatus partition) =>
        ("partition", partition.Partition.ToString(CultureInfo.InvariantCulture));

    private static void Write(
        MetricsText text, HostStatus status, string name, string type, string help,
        Func<PartitionStatus, double> value)
    {
        text.Family(name, type, help);
        foreach (var partition in status.Partitions) text.Sample(name, value(partition), Label(partition));
    }

    private static void WriteOf(
        MetricsText text, HostStatus status, string name, string type, string help,
        Func<ProcessStatus, double> value)
    {
        text.Family(name, type, help);
        foreach (var process in status.Processes) text.Sample(name, value(process), ("process", process.Name));
    }

    /// <summary>A histogram a partition: buckets (each with all before it), sum and count.</summary>
    private static void Write(
        MetricsText text, HostStatus status, string name, string help,
        Func<PartitionStatus, DurationCounts> durations)
    {
        text.Family(name, "histogram", help);
        foreach (var partition in status.Partitions)
        {
            var counted = durations(partition);
            if (counted.Counts.Count == 0) continue;
            var (total, next) = (0L, 0);
            for (var bound = FirstBound; bound <= DurationCounts.Buckets; bound += BoundStep)
            {
                while (next < bound) total += counted.Counts[next++];
                // What is longer than the last bucket ends is counted in it: it has no bound of its own.
                var le = bound == DurationCounts.Buckets ? "+Inf"
                    : (DurationCounts.Begin(bound) / 1e6).ToString("R", CultureInfo.InvariantCulture);
                text.Sample($"{name}_bucket", total, Label(partition), ("le", le));
            }
            text.Sample($"{name}_sum", counted.SumSeconds, Label(partition));
            text.Sample($"{name}_count", total, Label(partition));
        }
    }
}
