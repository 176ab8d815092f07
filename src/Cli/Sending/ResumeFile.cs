using System.Text.Json;

namespace DToC.Cli.Sending;

/// <summary>How far a replay came.</summary>
/// <param name="Input">Fingerprint of the input and its mapping.</param>
/// <param name="Events">Events from the start of the input whose outcome is known and durable.</param>
/// <param name="Tally">Their outcomes.</param>
internal sealed record ResumePoint(string Input, long Events, Tally Tally);

/// <summary>
/// The position after the last durable batch, on disk. Reading an input always gives the same events in the
/// same order, so their number is the position; what was under way when a run was killed is sent again under
/// the same ids.
/// </summary>
internal sealed class ResumeFile(string path, string input)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PreferredObjectCreationHandling = System.Text.Json.Serialization.JsonObjectCreationHandling.Populate,
    };

    /// <summary>Where to go on: the start when there is no file.</summary>
    /// <exception cref="CommandFailure">The file is of another input, or is no resume file.</exception>
    public ResumePoint Load()
    {
        if (!File.Exists(path))
            return new(input, 0, new Tally());
        ResumePoint? point;
        try
        {
            point = JsonSerializer.Deserialize<ResumePoint>(File.ReadAllBytes(path), Options);
        }
        catch (JsonException e)
        {
            throw new CommandFailure(ExitCode.Usage,
                $"{path} is no resume file ({e.Message}): name another, or delete it to begin anew.");
        }
        if (point?.Input != input || point.Tally == null)
        {
            throw new CommandFailure(ExitCode.Usage,
                $"{path} belongs to another input or mapping: give the same files in the same order with the same "
                + "mapping, name another resume file, or delete it to begin anew.");
        }
        return point;
    }

    /// <summary>Replaces the file in one step: after a crash there is the old one or the new one.</summary>
    public void Save(long events, Tally tally)
    {
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, new ResumePoint(input, events, tally), Options);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }
}
