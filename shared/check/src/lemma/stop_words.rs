//! Words that carry no content, and the verbs with which outlines ask ("explain", "zeige").
//!
//! General lists are worse. The long ones (stopwords-iso) contain words that points are about, such as "home", "mill" and
//! "вода". The short ones (NLTK) lack "warum" and "почему", and contain "été" and "estado".

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Words in lower case.
pub(crate) type StopWords = HashSet<&'static str>;

/// The lists, by the primary subtag of their language.
static LISTS: LazyLock<HashMap<&'static str, StopWords>> = LazyLock::new(|| {
    let lists = [
        ("ar", ARABIC),
        ("de", GERMAN),
        ("en", ENGLISH),
        ("es", SPANISH),
        ("fr", FRENCH),
        ("it", ITALIAN),
        ("ja", JAPANESE),
        ("nl", DUTCH),
        ("pt", PORTUGUESE),
        ("ru", RUSSIAN),
        ("sv", SWEDISH),
        ("th", THAI),
        ("yue", CHINESE),
        ("zh", CHINESE),
    ];
    lists.into_iter().map(|(language, list)| (language, list.split_whitespace().collect())).collect()
});

/// Returns the stop words of a language, given by its primary subtag; an empty set where there is no list.
pub(crate) fn of(language: &str) -> &'static StopWords {
    static NONE: LazyLock<StopWords> = LazyLock::new(StopWords::new);

    LISTS.get(language).unwrap_or(&NONE)
}

const ARABIC: &str = "
    أن إن أو أي أين إلى إذا الا التي الذي الذين اللذان ان ب بعد بعض بل بين تلك ثم حتى حيث حين
    خلال ذلك سوف على عن عند غير ف في قبل قد كان كانت كل كما كيف ل لا لكن لم لماذا لن له لها ليس
    ما ماذا مثل مع من منذ نحو هذا هذه هل هم هنا هو هي و وهو وهي يكون اشرح شرح فصل قسم
";

const CHINESE: &str = "
    的 了 是 在 和 与 與 及 或 也 都 就 而 但 被 把 对 對 为 為 从 從 到 以 于 於 之 其 这 這 那 此 个 個 们 們 我 你 他 她 它 您 我们 他们 它们
    什么 甚麼 怎么 怎麼 怎样 如何 为什么 為什麼 为何 哪些 哪 一个 一個 一种 一種 一些 有 没有 不 会 會 能 可以 可 要 应该 應該 必须 必須 更 最 很 非常 所有
    每 每个 并 並 并且 以及 因为 因為 所以 如果 则 則 时 時 后 後 前 中 上 下 里 裡 解释 解釋 说明 說明 介绍 介紹 描述 阐述 闡述 讨论 討論 列出 概述 展示
    总结 總結 读者 讀者 本章 本节 本節
";

const DUTCH: &str = "
    aan achter af al alle alles als altijd andere ben bij boven daar dan dat de deze die dit
    doen door dus een eens en er even ge geen had heb hebben heeft hem het hier hij hoe hun ik
    in is ja je jij jullie kan kunnen maar me meer men met mij mijn moet moeten na naar naast
    niet niets nog nu of om omdat ons onder ook op over sinds te tegen tot tussen u uit uw van
    veel voor waar waarom waren was wat we wel welke wellicht werd werden wie wij wil worden
    wordt zal ze zelf zich zij zijn zo zonder zou beschrijf beschrijven hoofdstuk inleiding
    lezer lezers leg uitleggen laat zien paragraaf toon tonen
";

const ENGLISH: &str = "
    a about above across after again against all almost along also although always among an and
    another any are aren't around as at away back be because been before being below between
    both but by can can't cannot could did do does doesn't doing don't done down during each
    either else enough even ever every few for from further get gets give given go goes had has
    have having he her here hers herself him himself his how however i if in instead into is
    isn't it it's its itself just less let lets like made make makes making many may me might
    more most much must my myself near neither never no nor not now of off often on once one
    only onto or other others our ours out over own per perhaps quite rather really same shall
    she should since so some something such than that that's the their theirs them themselves
    then there these they thing things this those through thus to together too toward towards
    under until up upon us use used uses using very via was we well were what what's when where
    whether which while who whom whose why will with within without would yet you your yours
    yourself address cover define demonstrate describe discuss explain explore illustrate
    introduce introduction list mention outline present reader readers recap review section show
    shows showing summarise summarize tell chapter overview
";

const FRENCH: &str = "
    à afin ai ainsi alors après au aucun aucune aussi autre autres aux avant avec avoir car ce
    ceci cela celle celles celui ces cet cette ceux chaque chez comme comment d dans de depuis
    des donc dont du elle elles en encore entre est et étaient était être eux fait faire faut il
    ils j je l la le les leur leurs lorsque lui m ma mais me même mes moins mon n ne ni nos
    notre nous on ont ou où par parce pas pendant peu peut peuvent plus pour pourquoi quand que
    quel quelle quelles quels qu qui quoi s sa sans se selon ses si son sont sous sur t ta te
    tes toi ton tous tout toute toutes très tu un une vers vos votre vous y aborder chapitre
    décrire décris définir expliquer explique introduction lecteur lecteurs montrer montre
    présenter présente section résumer aperçu
";

const GERMAN: &str = "
    ab aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf
    aus bei beim bis da dabei dadurch dafür damit dann daran darauf daraus darin darüber das
    dass dazu dein deine dem den denen denn der deren des dessen die dies diese diesem diesen
    dieser dieses doch dort du durch ein eine einem einen einer eines einige einmal er es etwas
    euch euer für gegen gibt habe haben hat hatte hier hin hinter ich ihm ihn ihnen ihr ihre
    ihrem ihren ihrer im in indem ins ist jede jedem jeden jeder jedes jene kann kein keine
    keinen können man manche mehr mein mit muss müssen nach nicht nichts noch nun nur ob oder
    ohne schon sehr sein seine seinem seinen seiner sich sie sind so solche soll sollte sondern
    sowie über um und uns unser unter vom von vor war waren warum was weil welche welchem
    welchen welcher welches wenn wer werden wie wieder wird wo wodurch worden wurde wurden zu
    zum zur zwar zwischen abschnitt beschreibe beschreiben darstellen einführung erklären
    erkläre erläutern erläutere kapitel leser nennen nenne vorstellen zeige zeigen
    zusammenfassen überblick
";

const ITALIAN: &str = "
    a ad agli ai al alla alle allo anche ancora avere c ce che chi ci come con contro cui d da
    dagli dai dal dalla dalle dallo degli dei del della delle dello di dove due e è ed era erano
    essere fra gli ha hanno ho i il in io l la le lei li lo loro lui ma me mentre mi mia mio
    molto ne nei nel nella nelle nello no noi non nostra nostro o ogni oppure per perché però
    più poco poi prima qual quale quali quando quanto quella quelle quelli quello questa queste
    questi questo qui se sei senza si sia sono sopra sotto sua sue sugli sui sul sulla sulle suo
    suoi te ti tra tu tua tuo tutta tutte tutti tutto un una uno vi voi capitolo definire
    descrivere descrivi introduzione lettore lettori mostrare mostra presentare presenta
    riassumere sezione spiegare spiega
";

const JAPANESE: &str = "
    説明 紹介 解説 述べる 示す 読者 本章 本節 章 節 何 私 彼 彼女 事 物 為 時 際 場合
";

const PORTUGUESE: &str = "
    a à ainda algo alguns algumas ante antes ao aos aquela aquele aquilo as às até cada com como
    contra cujo da das de dela dele deles depois desde do dos duas e é ela elas ele eles em
    enquanto entre era eram essa essas esse esses esta está estão estas este estes eu foi foram
    há isso isto já lhe lhes mais mas me mesmo meu minha muito na não nas nem no nos nós nossa
    nosso num numa o onde os ou outra outras outro outros para pela pelas pelo pelos por porque
    porquê pouco qual quais quando quanto que quê quem são se sem ser seu seus sob sobre sua
    suas também tão te tem têm todo toda todos todas tu tua um uma umas uns você vocês capítulo
    definir descrever descreva explicar explique introdução leitor leitores mostrar mostre
    apresentar apresente resumir seção secção
";

const RUSSIAN: &str = "
    а без более бы был была были было быть в вам вас весь во вот все всё всего всех вы где да
    даже для до его ее её если есть еще ещё же за здесь и из или им их к как какая какие какой
    ко когда кто ли между меня мне много может можно мой мы на над надо нам нас не него нее неё
    нет ни них но ну о об однако он она они оно от перед по под после потому почему при про с
    сам свой себя со так также такой там те тем то того тоже той только том тот ты у уже хотя
    чего чем что чтобы чья эта эти это этого этой этом этот я глава объяснить описать показать
    рассказать раздел читатель
";

const SPANISH: &str = "
    a al algo algunas algunos ante antes aquel aquella así aún aunque cada como cómo con contra
    cual cuál cuando cuándo de del desde donde dónde dos durante e el él ella ellas ellos en
    entre era eran es esa esas ese eso esos esta está están estas este esto estos fue fueron ha
    han hasta hay la las le les lo los más me mi mientras mis muy nada ni no nos nosotros
    nuestra nuestro o os otra otras otro otros para pero poco por porque pues que qué quien
    quién se sea ser si sí sido sin sobre son su sus también tan tanto te tiene tienen toda
    todas todo todos tras tu tus un una unas uno unos usted y ya yo capítulo definir describir
    describe explicar explica introducción lector lectores mostrar muestra presentar presenta
    resumir sección
";

const SWEDISH: &str = "
    alla allt att av bara blev bli blir de dem den denna deras dess dessa det detta dig din dina
    ditt du där då efter eller en er ett från för ha hade han hans har hennes hon honom hur här
    i icke in ingen inom inte jag ju kan kunde man med mellan men mer mig min mina mitt mot
    mycket ni nu när någon något några och om oss på samma sedan sig sin sina sitt ska skulle
    som så sådan till under upp ut utan vad var varför vara varit varje vars vem vi vid vilka
    vilken vilket är över avsnitt beskriv beskriva förklara kapitel läsare visa
";

const THAI: &str = "
    และ หรือ แต่ ที่ ซึ่ง อัน ของ ใน บน จาก ถึง ไป มา เป็น คือ อยู่ มี ได้ ให้ ว่า จะ ไม่ ก็ กับ
    แก่ แด่ ต่อ โดย ด้วย เพื่อ เพราะ ถ้า หาก เมื่อ แล้ว ยัง นี้ นั้น เหล่า ทุก ทั้ง การ ความ
    อย่าง อย่างไร ทำไม อะไร ใคร ไหน เรา เขา มัน คุณ อธิบาย แสดง บรรยาย แนะนำ บท ผู้อ่าน
";
