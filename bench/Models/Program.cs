// Prints `name: value` lines of how well the models do on public data with published results, and how fast.
using System.CommandLine;
using DToC.ModelFigures;
using DToC.Published;

var data = new Option<DirectoryInfo?>("--data")
{
    Description = "Folder of data sets; ../shared/data beside the repository unless given.",
};
var only = new Option<string?>("--only")
{
    Description = "Figures to print, separated by commas, such as telco_trees_auc,coverage_*; all unless given.",
};
var sentiment = new Option<FileInfo?>("--write-sentiment")
{
    Description = "Trains the sentiment weights that ship and writes them to a file, in place of the figures.",
};
var root = new RootCommand("Figures of the models on public data.") { data, only, sentiment };
root.SetAction(parsed =>
{
    var folder = parsed.GetValue(data) is { } given ? DataFolder.At(given.FullName) : DataFolder.BesideRepository();
    if (folder is null)
    {
        Console.Error.WriteLine("There is no ../shared/data beside the repository; name a folder with --data.");
        return 2;
    }
    if (parsed.GetValue(sentiment) is { } weights)
    {
        File.WriteAllBytes(weights.FullName, SentimentModel.Train(folder).ToBytes());
        return 0;
    }
    const StringSplitOptions tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
    return FigureSets.Print(folder, parsed.GetValue(only)?.Split(',', tidy) ?? [], Console.Out) ? 0 : 1;
});
return root.Parse(args).Invoke();
