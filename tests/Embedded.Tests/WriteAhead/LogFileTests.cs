using DToC.Embedded.Storage;
using DToC.Embedded.Storage.WriteAhead;
using Xunit.Abstractions;

namespace DToC.Embedded.Tests.WriteAhead;

/// <summary>The log that gathers its writes, against SQLite's own files.</summary>
public sealed class LogFileTests(ITestOutputHelper output)
{
    private const int Transactions = 40;

    public static TheoryData<int, int, string> Runs { get; } = new()
    {
        { 1, 4096, "FULL" }, { 2, 512, "FULL" }, { 3, 65_536, "FULL" }, { 4, 1024, "NORMAL" }, { 5, 4096, "NORMAL" },
        { 6, 4096, "OFF" }, { 7, 8192, "OFF" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void Random_transactions_leave_what_they_leave_with_the_systems_own_files(
        int seed, int pageSize, string sync)
    {
        using var room = new LogRoom();
        using var same = new LogRoom();
        using var writer = room.Create(pageSize);
        using var beside = seed % 2 == 0 ? room.Open() : room.OpenMover();
        using var reference = LogRoom.Plain(same.Path);
        LogRoom.Run(reference, LogScript.Schema);
        foreach (var connection in new[] { writer, beside }) connection.Execute($"PRAGMA synchronous={sync}");
        var script = new LogScript(seed);
        var (committed, undone, images) = (LogRoom.ContentOf(reference), 0, 0);
        for (var i = 0; i < Transactions; i++)
        {
            var by = script.Percent(70) ? writer : beside;
            LogRoom.Run(reference, "BEGIN");
            by.Execute("BEGIN IMMEDIATE");
            foreach (var statement in script.Statements())
            {
                LogRoom.Run(reference, statement);
                by.Execute(statement);
                if (!script.Percent(30)) continue;
                Assert.Equal(committed, room.ContentAfterCrash());
                images++;
            }
            var end = script.Percent(70) ? "COMMIT" : "ROLLBACK";
            if (end == "ROLLBACK") undone++;
            LogRoom.Run(reference, end);
            by.Execute(end);
            committed = LogRoom.ContentOf(reference);
            Assert.Equal(committed, room.ContentAfterCrash());
            Assert.Equal(committed, room.Content());
            if (script.Percent(20)) (script.Percent(50) ? writer : beside).MoveLog();
        }
        output.WriteLine($"seed {seed}: {undone} of {Transactions} undone, {images} crashes inside a transaction.");
        Assert.InRange(undone, 3, Transactions - 3);
        Assert.True(images > 10);
    }

    [Fact]
    public void Long_log_that_is_moved_in_synced_pieces_is_whole_in_the_file()
    {
        using var room = new LogRoom();
        using var writer = room.Create();
        var script = new LogScript(12);
        for (var i = 0; i < 10 * Transactions; i++)
        {
            writer.Execute("BEGIN IMMEDIATE");
            foreach (var statement in script.Statements()) writer.Execute(statement);
            writer.Execute("COMMIT");
        }
        var content = room.Content();
        Assert.True(new FileInfo(room.Path + "-wal").Length > 4 * CleanFile.Pace);
        using (var mover = room.OpenMover()) mover.MoveLog();
        Assert.Equal(content, room.ContentWithoutLog());
    }

    [Fact]
    public void Log_grows_ahead_of_short_commits_and_not_with_each()
    {
        using var room = new LogRoom();
        using var writer = room.Create();
        HashSet<long> lengths = [];
        for (var i = 0; i < 100; i++)
        {
            writer.Execute($"INSERT INTO u VALUES ({i}, 1)");
            lengths.Add(new FileInfo(room.Path + "-wal").Length);
        }
        Assert.InRange(lengths.Count, 1, 3);
        Assert.Equal(room.Content(), room.ContentAfterCrash());
    }

    [Fact]
    public void Reader_keeps_its_moment_while_the_log_is_written_moved_and_begun_anew()
    {
        using var room = new LogRoom();
        using var writer = room.Create();
        var script = new LogScript(11);
        using var reader = LogRoom.Plain(room.Path);
        for (var i = 0; i < Transactions; i++)
        {
            LogRoom.Run(reader, "BEGIN");
            var moment = LogRoom.ContentOf(reader);
            for (var j = 0; j < 3; j++)
            {
                writer.Execute("BEGIN IMMEDIATE");
                foreach (var statement in script.Statements()) writer.Execute(statement);
                writer.Execute(script.Percent(80) ? "COMMIT" : "ROLLBACK");
                if (script.Percent(50)) writer.MoveLog();
                Assert.Equal(moment, LogRoom.ContentOf(reader));
            }
            LogRoom.Run(reader, "COMMIT");
            writer.MoveLog();
        }
        Assert.Equal(room.Content(), room.ContentAfterCrash());
    }

    /// <summary>Bytes that a rolled-back transaction left gathered would land on what another has committed.</summary>
    [Fact]
    public void Large_transaction_undone_by_one_connection_does_not_touch_what_another_commits()
    {
        using var room = new LogRoom();
        using var first = room.Create();
        first.Execute(Fill("x"));
        first.MoveLog();
        first.Execute($"BEGIN; {Fill("y")}; ROLLBACK;");
        using var second = room.Open();
        second.Execute(Fill("z"));
        var committed = room.Content();

        _ = first.Number("SELECT sum(length(value)) FROM t");

        Assert.Equal(committed, room.Content());
        Assert.Equal(committed, room.ContentAfterCrash());
    }

    [Fact]
    public void Writer_keeps_a_transaction_larger_than_its_cache_out_of_the_log_until_it_commits()
    {
        using var room = new LogRoom();
        using var writer = room.Create();
        var before = new FileInfo($"{room.Path}-wal").Length;
        writer.Execute($"BEGIN; {Fill("x")};");
        Assert.Equal(before, new FileInfo($"{room.Path}-wal").Length);
        writer.Execute("COMMIT");
        Assert.True(new FileInfo($"{room.Path}-wal").Length > before + room.Options.CacheBytesPerPartition);
    }

    [Fact]
    public void Full_disk_is_said_at_the_commit_and_loses_nothing_that_was_committed()
    {
        using var disk = SmallDisk.Mount(2_048, output);
        if (disk is null) return;
        using var room = new LogRoom(disk.Folder);
        using var writer = room.Create();
        var script = new LogScript(12);
        var (committed, full) = (room.Content(), 0);
        for (var i = 0; i < 3 * Transactions; i++)
        {
            try
            {
                writer.Execute("BEGIN IMMEDIATE");
                foreach (var statement in script.Statements()) writer.Execute(statement);
                writer.Execute("COMMIT");
                committed = room.Content();
            }
            catch (StoreException exception)
            {
                Assert.True(exception.NoRoom, exception.Message);
                full++;
                writer.RollBack();
                Assert.Equal(committed, room.ContentAfterCrash());
                Assert.Equal(committed, room.Content());
                Move(writer);
            }
        }
        output.WriteLine($"{full} of {3 * Transactions} transactions found no room.");
        Assert.InRange(full, 1, 3 * Transactions - 1);
        disk.Resize(32_768);
        writer.Execute(Fill("x"));
        Assert.Equal(room.Content(), room.ContentAfterCrash());
    }

    private static void Move(Database database)
    {
        try
        {
            database.MoveLog();
        }
        catch (StoreException exception) when (exception.NoRoom)
        {
            // The log stays where it is.
        }
    }

    private static string Fill(string letter) => $"""
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
        INSERT OR REPLACE INTO t SELECT i, printf('%.*c', 900, '{letter}') FROM n
        """;
}
