using System.Text.Json;
using DToC.Twin.Events;

namespace DToC.Grains.Tests.Contract;

public sealed class DataSubjectTests
{
    [Fact]
    public void Subject_that_was_kept_as_json_closes_the_same_ids()
    {
        var subject = new DataSubject(["c-1", "c-2"], [new Identifier("email", "a@b.example")]);

        var read = JsonSerializer.Deserialize<DataSubject>(JsonSerializer.SerializeToUtf8Bytes(subject))!;

        Assert.Equal(subject.Closed, read.Closed, StringComparer.Ordinal);
        Assert.Equal(subject.Identifiers, read.Identifiers);
    }
}
