using System.Text;
using DToC.Embedded.Storage;
using DToC.Embedded.Storage.WriteAhead;

namespace DToC.Embedded.Tests.WriteAhead;

public class CleanFileTests
{
    [Fact]
    public async Task Rows_that_were_removed_are_nowhere_in_the_file_after_pages_were_split_and_joined()
    {
        await using var room = new HostRoom(partitions: 1);
        var path = Path.Combine(room.Folder, "clean.db");
        using (var database = Database.OpenWriter(path, room.Options, create: true))
        {
            database.Execute("CREATE TABLE t(id INTEGER PRIMARY KEY, k BLOB NOT NULL, v BLOB NOT NULL)");
            database.Execute("CREATE UNIQUE INDEX tk ON t(k)");
            using var insert = new Statement(database.Handle, "INSERT INTO t(id, k, v) VALUES(?,?,?)");
            using var update = new Statement(database.Handle, "UPDATE t SET v=?2 WHERE id=?1");
            using var delete = new Statement(database.Handle, "DELETE FROM t WHERE id=?");
            var random = new Random(7);
            for (var id = 1; id <= 400; id++)
            {
                var key = Bytes($"key-{random.Next(1_000_000):D7}-{id}", 30);
                insert.Bind(1, id).Bind(2, key).Bind(3, Value(id, 60)).Run();
            }
            // Each state grows past its neighbours, so that leaves split while they hold others' rows.
            for (var round = 0; round < 6; round++)
            {
                database.Execute("BEGIN");
                foreach (var id in Enumerable.Range(1, 400).OrderBy(_ => random.Next()))
                    update.Bind(1, id).Bind(2, Value(id, 60 + round * random.Next(40, 300))).Run();
                database.Execute("COMMIT");
                database.MoveLog();
            }
            foreach (var id in Enumerable.Range(1, 400).Where(id => id % 3 == 0)) delete.Bind(1, id).Run();
            database.EmptyLog();
        }
        var file = await File.ReadAllBytesAsync(path);
        Assert.Equal(
            [], Enumerable.Range(1, 400).Where(id => id % 3 == 0 && file.AsSpan().IndexOf(Mark(id)) >= 0));
        Assert.All(
            Enumerable.Range(1, 400).Where(id => id % 3 != 0), id => Assert.True(file.AsSpan().IndexOf(Mark(id)) >= 0));
    }

    [Theory]
    [InlineData(0x0D, 3, 3_000, 8 + 6, 3_000)] // a leaf of a table
    [InlineData(0x05, 2, 4_000, 12 + 4, 4_000)] // an inner page has four bytes more
    [InlineData(0x0A, 0, 4_096, 8, 4_096)]
    [InlineData(0x00, 3, 3_000, 0, 0)] // an overflow page, or one that is free
    [InlineData(0x0D, 3, 5_000, 0, 0)] // no sound page
    [InlineData(0x0D, 2_000, 3_000, 0, 0)]
    public void Unused_room_lies_between_the_pointers_and_the_rows(int type, int rows, int content, int from, int to)
    {
        var page = new byte[4_096];
        page[0] = (byte)type;
        (page[3], page[4], page[5], page[6]) =
            ((byte)(rows >> 8), (byte)rows, (byte)(content >> 8), (byte)content);
        Assert.Equal((from, to), CleanFile.UnusedRoom(page, isFirst: false));
    }

    private static byte[] Mark(int id) => Encoding.UTF8.GetBytes($"<mark {id}>");

    private static byte[] Value(int id, int length)
    {
        var marks = new StringBuilder();
        while (marks.Length < length) marks.Append($"<mark {id}>");
        return Encoding.UTF8.GetBytes(marks.ToString());
    }

    private static byte[] Bytes(string text, int length) => Encoding.UTF8.GetBytes(text.PadRight(length));
}
