namespace DToC.Conformance;

/// <summary>The judge of what strace saw, on lines as strace writes them.</summary>
public sealed class SystemCallsTests
{
    [Theory]
    [InlineData(true, "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32", "7 fdatasync(9</d/p.db-wal>) = 0")]
    [InlineData(true, "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32", "7 fsync(9</d/p.db-wal> <unfinished ...>",
        "8 write(1<pipe:[3]>, \"x\\n\", 2) = 2", "7 <... fsync resumed>) = 0")]
    [InlineData(false, "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32", "7 fsync(9</d/p.db-wal> <unfinished ...>")]
    [InlineData(false, "7 fdatasync(9</d/p.db-wal>) = 0", "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32")]
    [InlineData(false, "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32", "7 fdatasync(8</d/q.db-wal>) = 0")]
    [InlineData(false, "7 pwrite64(9</d/p.db-wal>, \"\"..., 32, 0) = 32", "7 fdatasync(9</d/p.db-wal>) = -1 EIO")]
    public void An_acknowledgement_is_durable_when_a_log_was_written_and_synced_before_it(
        bool isDurable, params string[] before)
    {
        var judged = SystemCalls.Judge([.. before, "8 write(1<pipe:[3]>, \"12\\n\", 3) = 3"]);

        Assert.Equal([(12, isDurable)], judged);
    }
}
