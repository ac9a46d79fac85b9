//! The offers, hopes and announcements with which a model closes its answer.

use std::sync::LazyLock;

use crate::phrase::{Patterns, Sentences};

/// The number of a paragraph's last sentences that are the close.
const SENTENCES: usize = 4;

static CLOSINGS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    i hope this|that helps !|.|$
    i hope this|the .. section|chapter|subsection|draft|text|version|revision|rewrite|content .. meets|fits|satisfies|fulfills|fulfils|aligns|matches|works|is|captures
    i hope this meets|fits|satisfies|fulfills|fulfils|matches your|the|all
    i hope this is what you
    please? let me know if|whether you 'd|would|want|need|like|prefer|have
    please? let me know if this|that|there|any|it|i
    please? let me know what|how you 'd|would|think|like
    would|do you like|want|prefer me to
    shall|should i continue|proceed|go|expand|write|revise
    if you 'd|would|want|like|need|prefer|wish .. , i can|could|'ll|will|would .. expand|revise|continue|adjust|write|rewrite|add|shorten|provide|modify|tailor|make|draft
    feel free to ask|let me|if
    feel free to request|ask .. changes|revisions|adjustments
    i 'm|am happy|glad to revise|expand|adjust|continue|make|rewrite|provide
    happy to revise|expand|adjust|continue|make|rewrite
    i can also? expand|revise|rewrite|adjust|shorten|continue|tailor the|this|it|on|further
    continued|continues on|in the next section|chapter|part|message|response|reply
    to be continued .|…|!|,|in|on|$|)|]
    end of this|the? section|chapter|part|draft|text|excerpt|response|output|subsection #? .|$|)|]
    note :|that i 've|have|kept|tried|used|aimed|did|wrote|left|took
    note :|that this|the draft|response|section|version|text was|has|is written|generated|drafted|been|kept|based
    note : this|the|word? word|count|draft is|:|count
    this|the section|draft|text|version|chapter|above .. covers|addresses|meets|satisfies|fulfills|includes|follows .. your|required|requested|assigned
    total|final|approximate|approx? word|length count|: :|is|of|#
    word count|total :|is|=|–|-|#
    ich hoffe ,? dieser|dieses|diese|der|die|das .. abschnitt|kapitel|text|entwurf|fassung .. entspricht|gefällt|erfüllt|hilft|passt
    ich hoffe ,? das|dies hilft|entspricht|passt
    lass|lassen|lasst sie? es? mich|uns wissen|gern
    gib|geben sie? mir .. bescheid ,|wenn|ob|falls
    sag|sagen sie? mir .. bescheid ,|wenn|ob|falls
    soll ich .. fortfahren|weiterschreiben|überarbeiten|fortsetzen|kürzen|erweitern|anpassen|weitermachen
    möchten|möchtest|wünschen|wünschst|willst|wollen sie|du ,? dass ich
    gern|gerne kann|passe|überarbeite|erweitere|kürze ich
    wenn|falls|sofern sie|du .. möchten|möchtest|wünschen|wünschst|willst|wollen ,? kann|überarbeite|passe|schreibe|erweitere ich
    fortsetzung folgt|im
    ende des|dieses abschnitts|kapitels .|$|)|]
    bei fragen|rückfragen|änderungswünschen stehe|melden|melde|sagen
    j 'espère que cette|ce|cela|la|le .. section|chapitre|texte|version .. répond|correspond|convient|satisfait|vous|te
    j 'espère que cela vous|te|répond|correspond|convient|aide
    n 'hésitez|'hésite pas à me|m|demander|si
    faites|dites|dis - moi|le si|savoir|moi
    faites - le - moi savoir
    souhaitez|voulez|désirez|aimeriez|veux - vous|tu que je
    dois|puis - je continuer|poursuivre|développer
    si vous|tu le? souhaitez|voulez|désirez|veux|souhaites ,? je peux|pourrais
    fin de|du la? section|chapitre .|$|)|]
    suite|suite? au|à|dans le|la prochain|prochaine|suivante
    espero que esta|este|la|el .. sección|capítulo|texto|versión|borrador .. cumpla|sea|te|le|se|satisfaga
    espero que esto te|le|les|sirva|ayude|cumpla|sea
    avísame|avíseme|avisame|dime|dígame|házmelo|hágamelo|háganmelo saber? si
    quieres|quiere|deseas|desea que yo? continúe|siga|amplíe|revise|escriba|desarrolle|ajuste
    te|le gustaría que yo? continúe|siga|amplíe|revise|escriba|desarrolle|ajuste
    si lo? quieres|deseas|quiere|desea|necesitas|prefieres .. , puedo|podría
    no dudes|dude en decirme|pedirme|avisarme|hacérmelo|preguntar|preguntarme|contactarme
    continuará en|.|$|)
    continúa en la|el siguiente|próxima|próximo
    fin de|del la? sección|capítulo .|$|)|]
    spero che questa|questo|il|la .. sezione|capitolo|testo|versione .. soddisfi|risponda|sia|ti|vi|le|corrisponda
    spero che questo|ciò ti|vi|le|sia aiuti|utile|d
    fammi|fatemi|mi sapere|faccia se|sapere
    vuoi|vuole|desideri|desidera|volete che io? continui|prosegua|riveda|ampli|scriva|modifichi
    se vuoi|desideri|vuole|desidera|preferisci|volete .. , posso|potrei
    non esitare|esiti|esitate a chiedere|chiedermi|contattarmi|farmi|dirmi
    continua nel|nella prossimo|prossima
    fine della|del sezione|capitolo .|$|)|]
    espero que esta|este|o|a .. seção|secção|capítulo|texto|versão .. atenda|cumpra|corresponda|seja|ajude|satisfaça
    espero que isto|isso ajude|atenda|seja|te|lhe|o
    avise|avisa|diga|diz - me se|caso
    me avise|diga|informe|fale se|caso
    gostaria|quer|queres|deseja|gostarias de? que eu
    se quiser|desejar|precisar|quiseres|preferir .. , posso|eu
    continua no|na próximo|próxima
    fim da|do seção|secção|capítulo .|$|)|]
    ik hoop dat deze|dit|de|het .. sectie|paragraaf|hoofdstuk|tekst|versie .. voldoet|helpt|aansluit|past|bevalt
    ik hoop dat dit|deze helpt|voldoet|aansluit|past
    laat het? me|mij|het gerust? weten|me|mij of|als|wat|weten
    wil|wilt je|u dat ik
    zal ik .. doorgaan|verdergaan|herschrijven|uitbreiden|verder|inkorten
    als|indien je|u .. wilt|wenst|wil ,? kan|pas ik
    wordt vervolgd
    einde van|hoofdstuk|sectie de|het|deze|dit|paragraaf sectie|paragraaf|hoofdstuk .|$|)|]
    надеюсь ,? что? этот|эта|это|данный .. раздел|глава|текст|вариант .. соответствует|поможет|вам|подойдёт|понравится
    надеюсь ,? что? это поможет|вам|соответствует
    дайте|дай мне? знать , если
    сообщите|скажите|напишите мне? , если
    хотите|хочешь , чтобы я
    если хотите|хочешь|нужно|потребуется|желаете .. , я? могу
    продолжение следует|в
    mam nadzieję , że ten|ta|to .. tekst|rozdział|sekcja|fragment .. spełnia|odpowiada|pomoże
    daj|dajcie|proszę dać? mi? znać , jeśli|czy
    czy chcesz|chciałbyś|chciałabyś|mam , żebym|kontynuować
    jeśli|jeżeli chcesz|potrzebujesz .. , mogę
    ciąg dalszy nastąpi|w
    hör gärna av
    säg till om
    vill du att jag
    ",
    )
});

/// Finds meta-talk at the end of one of the last paragraphs.
pub(super) fn find(sentences: &Sentences<'_>) -> Option<String> {
    sentences.iter().rev().take(SENTENCES).find(|tokens| CLOSINGS.begin(tokens)).map(|tokens| sentences.excerpt(tokens))
}
